#include "analysis/precision_recall.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.h"
#include "core/tensor.h"

namespace strang::analysis {
namespace {

constexpr std::int64_t chunk = 1024;

// Squared distances of rows [first, first + count) of x to all rows of y: [count, m].
at::Tensor squared_distances(const at::Tensor& x, std::int64_t first, std::int64_t count,
                             const at::Tensor& y, const at::Tensor& y_squares) {
  const at::Tensor part = x.narrow(0, first, count);
  return at::addmm(part.square().sum(1, true) + y_squares, part, y.t(), 1, -2).clamp_min_(0);
}

// Calls f(first, distances) for every chunk of rows.
template <class F>
void for_each_chunk(const at::Tensor& x, const at::Tensor& y, F f) {
  const at::Tensor squares = y.square().sum(1);
  for (std::int64_t first = 0; first < x.size(0); first += chunk) {
    const std::int64_t count = std::min(chunk, x.size(0) - first);
    f(first, squared_distances(x, first, count, y, squares));
  }
}

// The k-th smallest of n values, leaving out one: a short sorted list in one pass.
double kth_smallest(const double* values, std::int64_t n, std::int64_t left_out, std::int64_t k) {
  std::vector<double> smallest(static_cast<std::size_t>(k), HUGE_VAL);
  for (std::int64_t i = 0; i < n; ++i) {
    if (values[i] >= smallest.back() || i == left_out) continue;
    auto place = smallest.end() - 1;
    for (; place != smallest.begin() && *(place - 1) > values[i]; --place) *place = *(place - 1);
    *place = values[i];
  }
  return smallest.back();
}

// Squared distance to the k-th nearest other row.
at::Tensor radii(const at::Tensor& x, std::int64_t k) {
  const std::int64_t n = x.size(0);
  at::Tensor result = at::empty({n}, at::kDouble);
  double* out = result.mutable_data_ptr<double>();
  for_each_chunk(x, x, [&](std::int64_t first, const at::Tensor& distances) {
    const double* rows = distances.const_data_ptr<double>();
    at::parallel_for(0, distances.size(0), 64, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i)
        out[first + i] = kth_smallest(rows + i * n, n, first + i, k);
    });
  });
  return result;
}

}  // namespace

PrecisionRecall precision_recall(const at::Tensor& samples, const at::Tensor& real,
                                 std::int64_t k) {
  require(samples.size(0) > k && real.size(0) > k,
          "{} neighbours need more than {} vectors of each kind, found {} and {}", k, k,
          samples.size(0), real.size(0));
  // Distances do not change under a shift; rounding of the squares is less about the mean.
  const at::Tensor centre = real.to(at::kDouble).mean(0);
  const at::Tensor x = samples.to(at::kDouble) - centre, y = real.to(at::kDouble) - centre;
  const at::Tensor real_radii = radii(y, k), sample_radii = radii(x, k);
  const at::Tensor nearest = at::full({y.size(0)}, HUGE_VAL, at::kDouble);
  const at::Tensor recalled = at::zeros({y.size(0)}, at::kBool);
  double precise = 0, balls = 0;
  for_each_chunk(x, y, [&](std::int64_t first, const at::Tensor& distances) {
    const at::Tensor inside = distances.le(real_radii);
    precise += inside.any(1).sum().item<double>();
    balls += inside.sum().item<double>();
    const at::Tensor own = sample_radii.narrow(0, first, distances.size(0)).unsqueeze(1);
    recalled.logical_or_(distances.le(own).any(0));
    nearest.copy_(at::minimum(nearest, distances.amin(0)));
  });
  const auto n = static_cast<double>(x.size(0)), m = static_cast<double>(y.size(0));
  return {precise / n, recalled.sum().item<double>() / m, balls / (n * static_cast<double>(k)),
          nearest.le(real_radii).sum().item<double>() / m};
}

}  // namespace strang::analysis
