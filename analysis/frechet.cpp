#include "analysis/frechet.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "core/error.h"

namespace strang::analysis {
namespace {

// Relative to the largest eigenvalue, what rounding makes of a zero one.
double rounding_of(std::int64_t dimension) {
  return 4 * static_cast<double>(dimension) * std::numeric_limits<double>::epsilon();
}

void check(const at::Tensor& covariance) {
  require(covariance.dim() == 2 && covariance.size(0) == covariance.size(1) &&
              covariance.scalar_type() == at::kDouble,
          "a covariance must be a square float64 matrix, found [{}]",
          fmt::join(covariance.sizes(), ", "));
  require(at::isfinite(covariance).all().item<bool>(),
          "a covariance holds values that are not finite");
  const double size = covariance.abs().max().item<double>();
  const double skew = (covariance - covariance.t()).abs().max().item<double>();
  require(skew <= 1e-9 * size, "a covariance is not symmetric: entries differ by {:g}", skew);
}

// From eigenvectors, without the directions that rounding made.
at::Tensor spectral_factor(const at::Tensor& covariance) {
  const auto [values, vectors] = at::linalg_eigh(covariance);
  const double largest = std::max(values.max().item<double>(), 0.0);
  const double rounding = rounding_of(covariance.size(0)) * largest;
  require(values.min().item<double>() >= -std::max(1e-9 * largest, rounding),
          "a covariance has the negative eigenvalue {:g} (the largest is {:g})",
          values.min().item<double>(), largest);
  const std::int64_t rank = (values > rounding).sum().item<std::int64_t>();
  const std::int64_t left_out = values.size(0) - rank;
  return vectors.narrow(1, left_out, rank) * values.narrow(0, left_out, rank).sqrt();
}

double sum_of_singular_values(const at::Tensor& matrix) {
  if (matrix.numel() == 0) return 0;
  return at::linalg_svdvals(matrix).sum().item<double>();
}

// What rounding of the eigenvalues does to the sum of their roots: eps becomes sqrt(eps) near zero.
double error_of_roots(const at::Tensor& values) {
  const double rounding =
      std::numeric_limits<double>::epsilon() * values.abs().max().item<double>();
  if (rounding == 0) return 0;
  const at::Tensor roots = values.clamp_min(rounding).sqrt();
  return (rounding / roots).sum().item<double>();
}

}  // namespace

at::Tensor factor_of(const at::Tensor& covariance) {
  check(covariance);
  const auto [lower, info] = at::linalg_cholesky_ex(covariance);
  if (info.item<int>() == 0) {
    const at::Tensor pivots = lower.diagonal().square();
    if (pivots.min().item<double>() >
        16 * rounding_of(covariance.size(0)) * pivots.max().item<double>())
      return lower;
  }
  return spectral_factor(covariance);
}

FrechetReference::FrechetReference(at::Tensor mean, const at::Tensor& covariance)
    : mean_(std::move(mean)),
      factor_(factor_of(covariance)),
      trace_(covariance.trace().item<double>()) {
  require(mean_.dim() == 1 && mean_.size(0) == covariance.size(0),
          "a mean of {} features does not go with a covariance of {}", mean_.numel(),
          covariance.size(0));
}

double FrechetReference::assemble(const at::Tensor& mean, double trace, double root) const {
  const double apart = (mean - mean_).square().sum().item<double>();
  return std::max(0.0, apart + ((trace + trace_) - 2 * root));
}

double FrechetReference::distance(const at::Tensor& mean, const at::Tensor& covariance) const {
  require(mean.size(0) == dimension(), "Frechet distance between {} and {} features", mean.size(0),
          dimension());
  const double trace = covariance.trace().item<double>();
  if (factor_.size(1) == 0) return assemble(mean, trace, 0);
  const at::Tensor values = at::linalg_eigvalsh(factor_.t().mm(covariance.mm(factor_)));
  const double root = error_of_roots(values) <= 1e-12 * (trace + trace_)
                          ? values.clamp_min(0).sqrt().sum().item<double>()
                          : sum_of_singular_values(factor_of(covariance).t().mm(factor_));
  return assemble(mean, trace, root);
}

double FrechetReference::distance_of(const at::Tensor& values) const {
  const std::int64_t n = values.size(0);
  require(n >= 2, "a Frechet distance needs at least 2 samples, found {}", n);
  if (n > dimension()) return distance(moments_of(values));
  const at::Tensor mean = values.mean(0);
  const at::Tensor centred = (values - mean) / std::sqrt(static_cast<double>(n - 1));
  return assemble(mean, centred.square().sum().item<double>(),
                  sum_of_singular_values(centred.mm(factor_)));
}

double frechet_distance(const Moments& a, const Moments& b) {
  return FrechetReference(b).distance(a);
}

}  // namespace strang::analysis
