#include "analysis/kernel_distance.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/frechet_intervals.h"
#include "analysis/statistics.h"
#include "core/error.h"
#include "core/tensor.h"

namespace strang::analysis {
namespace {

at::Tensor kernel(const at::Tensor& x, const at::Tensor& y) {
  return (x.mm(y.t()) / static_cast<double>(x.size(1)) + 1).pow(3);
}

// Mean over pairs of different samples.
double mean_within(const at::Tensor& x) {
  const auto n = static_cast<double>(x.size(0));
  const at::Tensor k = kernel(x, x);
  return (k.sum() - k.trace()).item<double>() / (n * (n - 1));
}

}  // namespace

double polynomial_mmd(const at::Tensor& x, const at::Tensor& y) {
  require(x.size(0) >= 2 && y.size(0) >= 2, "a kernel distance needs at least 2 samples of each");
  const at::Tensor a = x.to(at::kDouble), b = y.to(at::kDouble);
  return mean_within(a) + mean_within(b) - 2 * kernel(a, b).mean().item<double>();
}

KernelDistance kernel_distance(const at::Tensor& x, const at::Tensor& y, std::int64_t largest) {
  const std::int64_t n = std::min(x.size(0), y.size(0));
  require(n >= 20, "a kernel distance with its error needs at least 20 samples of each, found {}",
          n);
  const std::int64_t size = std::clamp<std::int64_t>(n / 10, 2, std::max<std::int64_t>(largest, 2));
  const at::Tensor px = x.index_select(0, fixed_permutation(x.size(0)));
  const at::Tensor py = y.index_select(0, fixed_permutation(y.size(0)));
  std::vector<double> values;
  for (std::int64_t first = 0; first + size <= n; first += size)
    values.push_back(polynomial_mmd(px.narrow(0, first, size), py.narrow(0, first, size)));
  const double centre = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - centre) * (value - centre);
  const auto count = static_cast<double>(values.size());
  return {centre, std::sqrt(sum / (count - 1) / count), std::ssize(values), size};
}

}  // namespace strang::analysis
