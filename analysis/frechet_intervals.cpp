#include "analysis/frechet_intervals.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "core/error.h"

namespace strang::analysis {
namespace {

constexpr std::int64_t row_chunk = 256;

// How often repetition `first`, first + 1, ... draws each row: float64 [count, n].
at::Tensor draw_weights(std::int64_t n, int first, int count, std::uint64_t seed) {
  at::Tensor weights = at::zeros({count, n}, at::kDouble);
  std::vector<std::int64_t> draws(static_cast<std::size_t>(n));
  for (int r = 0; r < count; ++r) {
    resample(seed, first + r, n, draws);
    double* row = weights.mutable_data_ptr<double>() + r * n;
    for (const std::int64_t i : draws) row[i] += 1;
  }
  return weights;
}

// Sum over the square roots of the eigenvalues of each matrix [batch, d, d] (lower halves).
at::Tensor root_traces(const at::Tensor& matrices) {
  at::Tensor sums = at::empty({matrices.size(0)}, at::kDouble);
  at::parallel_for(0, matrices.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
    const at::Tensor values = at::linalg_eigvalsh(matrices.slice(0, begin, end));
    sums.slice(0, begin, end).copy_(values.clamp_min(0).sqrt().sum(1));
  });
  return sums;
}

// weights [r, n] times the outer products of the rows of z [n, k]: [r, k, k], lower halves.
at::Tensor weighted_scatter(const at::Tensor& weights, const at::Tensor& z) {
  const std::int64_t n = z.size(0), k = z.size(1), packed = k * (k + 1) / 2;
  at::Tensor products = at::empty({std::min(n, row_chunk), packed}, at::kDouble);
  at::Tensor sums = at::zeros({weights.size(0), packed}, at::kDouble);
  for (std::int64_t first = 0; first < n; first += row_chunk) {
    const std::int64_t rows = std::min(row_chunk, n - first);
    const at::Tensor part = z.narrow(0, first, rows);
    at::Tensor out = products.narrow(0, 0, rows);
    for (std::int64_t i = 0, at = 0; i < k; at += ++i) {
      at::Tensor row = out.narrow(1, at, i + 1);
      at::mul_out(row, part.narrow(1, i, 1), part.narrow(1, 0, i + 1));
    }
    sums.addmm_(weights.narrow(1, first, rows), out);
  }
  at::Tensor scatter = at::zeros({weights.size(0), k, k}, at::kDouble);
  for (std::int64_t i = 0, at = 0; i < k; at += ++i)
    scatter.select(1, i).narrow(1, 0, i + 1).copy_(sums.narrow(1, at, i + 1));
  return scatter;
}

// Everything of the distance but the root, for weights [r, n] and rows centred at `centre`.
at::Tensor without_root(const at::Tensor& weights, const at::Tensor& centred,
                        const at::Tensor& means, const at::Tensor& centre,
                        const FrechetReference& reference) {
  const auto n = static_cast<double>(centred.size(0));
  const at::Tensor squares = weights.mv(centred.square().sum(1));
  const at::Tensor traces = (squares - n * means.square().sum(1)) / (n - 1);
  return (means + (centre - reference.mean())).square().sum(1) + traces + reference.trace();
}

// Roots by the Gram matrix K = X S X^T of the centred rows: for each repetition the eigenvalues of
// D (K - 1 u^T - u 1^T + u.w/n) D, u = K w / n, over the rows that were drawn.
at::Tensor gram_roots(const at::Tensor& weights, const at::Tensor& z) {
  const auto n = static_cast<double>(z.size(0));
  const at::Tensor gram = z.mm(z.t());
  at::Tensor roots = at::empty({weights.size(0)}, at::kDouble);
  for (std::int64_t r = 0; r < weights.size(0); ++r) {
    const at::Tensor w = weights[r];
    const at::Tensor rows = w.nonzero().squeeze(1);
    const at::Tensor u = gram.mv(w) / n;
    const at::Tensor offset = u.dot(w) / n;
    const at::Tensor ur = u.index_select(0, rows);
    const at::Tensor scale = (w.index_select(0, rows) / (n - 1)).sqrt();
    const at::Tensor k = gram.index_select(0, rows).index_select(1, rows) - ur.unsqueeze(0) -
                         ur.unsqueeze(1) + offset;
    roots[r] = root_traces((k * scale.unsqueeze(0) * scale.unsqueeze(1)).unsqueeze(0))[0];
  }
  return roots;
}

at::Tensor covariance_roots(const at::Tensor& weights, const at::Tensor& means, const at::Tensor& z,
                            const at::Tensor& factor) {
  const auto n = static_cast<double>(z.size(0));
  const at::Tensor m = means.mm(factor);
  at::Tensor scatter = weighted_scatter(weights, z);
  scatter.sub_(n * m.unsqueeze(2) * m.unsqueeze(1)).div_(n - 1);
  return root_traces(scatter);
}

}  // namespace

std::vector<double> resampled_frechet(const at::Tensor& values, const FrechetReference& reference,
                                      int repetitions, std::uint64_t seed) {
  const std::int64_t n = values.size(0);
  require(n >= 2, "a bootstrap of the Frechet distance needs at least 2 samples, found {}", n);
  const at::Tensor x = values.to(at::kDouble);
  const at::Tensor centre = x.mean(0), centred = x - centre;
  const at::Tensor z = centred.mm(reference.factor());
  const std::int64_t k = z.size(1);
  const int chunk = static_cast<int>(std::clamp<std::int64_t>((1 << 24) / (k * k + 1), 16, 1024));
  std::vector<double> distances;
  for (int first = 0; first < repetitions; first += chunk) {
    const at::Tensor weights = draw_weights(n, first, std::min(chunk, repetitions - first), seed);
    const at::Tensor means = weights.mm(centred) / static_cast<double>(n);
    const at::Tensor roots =
        n < k ? gram_roots(weights, z) : covariance_roots(weights, means, z, reference.factor());
    const at::Tensor found =
        (without_root(weights, centred, means, centre, reference) - 2 * roots).clamp_min(0);
    const double* all = found.const_data_ptr<double>();
    distances.insert(distances.end(), all, all + found.numel());
  }
  return distances;
}

Measured frechet_with_interval(const at::Tensor& values, const FrechetReference& reference,
                               const BootstrapOptions& options) {
  const double distance = reference.distance_of(values.to(at::kDouble));
  const std::vector<double> drawn =
      resampled_frechet(values, reference, options.repetitions, options.seed);
  const double centre = mean(drawn);
  const double low = quantile(drawn, (1 - options.level) / 2);
  const double high = quantile(drawn, (1 + options.level) / 2);
  return {distance, {std::max(0.0, distance - (high - centre)), distance + (centre - low)}};
}

at::Tensor fixed_permutation(std::int64_t n) {
  std::vector<std::int64_t> keys(static_cast<std::size_t>(n)), order(keys.size());
  resample(0, 0, INT64_MAX, keys);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return keys[static_cast<std::size_t>(a)] < keys[static_cast<std::size_t>(b)];
  });
  return at::tensor(order);
}

namespace {

constexpr std::int64_t groups = 20;
constexpr double student = 2.0930240544;  // 97.5 % point of Student's t with groups - 1 = 19

// The line through the distances of the halves and quarters of these rows, at 1/n = 0. Weights are
// the sizes: the variance of a distance goes with 1/n.
double extrapolate(const at::Tensor& values, const FrechetReference& reference) {
  const std::int64_t n = values.size(0);
  double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
  for (const std::int64_t parts : {1, 2, 4})
    for (std::int64_t i = 0; i < parts; ++i) {
      const std::int64_t begin = i * n / parts, end = (i + 1) * n / parts;
      const auto size = static_cast<double>(end - begin);
      const double y = reference.distance_of(values.slice(0, begin, end)), x = 1 / size;
      w += size, wx += size * x, wy += size * y, wxx += size * x * x, wxy += size * x * y;
    }
  const double slope = (w * wxy - wx * wy) / (w * wxx - wx * wx);
  return (wy - slope * wx) / w;
}

}  // namespace

Measured frechet_at_infinity(const at::Tensor& values, const FrechetReference& reference) {
  const std::int64_t n = values.size(0);
  require(n >= 4 * groups, "an extrapolation of the Frechet distance needs {} samples, found {}",
          4 * groups, n);
  const at::Tensor x = values.to(at::kDouble).index_select(0, fixed_permutation(n));
  // Side by side, each in one thread: the matrices are small.
  std::vector<double> left_out(groups + 1);
  at::parallel_for(0, groups + 1, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t g = first; g < last; ++g) {
      const std::int64_t begin = g * n / groups, end = std::min((g + 1) * n / groups, n);
      left_out[static_cast<std::size_t>(g)] =
          g == groups ? extrapolate(x, reference)
                      : extrapolate(at::cat({x.slice(0, 0, begin), x.slice(0, end)}), reference);
    }
  });
  const double distance = left_out.back();
  left_out.pop_back();
  const double centre = mean(left_out);
  double sum = 0;
  for (const double value : left_out) sum += (value - centre) * (value - centre);
  const double deviation =
      student * std::sqrt(sum * static_cast<double>(groups - 1) / static_cast<double>(groups));
  return {distance, {distance - deviation, distance + deviation}};
}

}  // namespace strang::analysis
