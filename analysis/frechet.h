#pragma once

#include <cstdint>

#include "analysis/moments.h"
#include "core/tensor.h"

namespace strang::analysis {

// The Frechet distance between Gaussians (Dowson & Landau 1982), squared as the literature of FID
// has it (Heusel et al. 2017, eq. 6):
//   |m_1 - m_2|^2 + tr S_1 + tr S_2 - 2 tr (S_1 S_2)^(1/2).
// With S_2 = F F^T the last trace is the sum of the square roots of the eigenvalues of the
// symmetric F^T S_1 F, or the nuclear norm of G^T F where S_1 = G G^T: no square root of a general
// matrix. Covariances may be singular: directions whose variance is below d eps of the largest are
// left out. Results below 0 by rounding become 0.

// F [d, r] with F F^T = covariance; Cholesky's factor, or one from eigenvectors where the matrix is
// numerically singular. Throws UsageError unless it is symmetric and positive semidefinite to
// rounding.
at::Tensor factor_of(const at::Tensor& covariance);

// The second distribution, prepared for many distances to it.
class FrechetReference {
 public:
  FrechetReference(at::Tensor mean, const at::Tensor& covariance);
  explicit FrechetReference(const Moments& moments)
      : FrechetReference(moments.mean, moments.covariance()) {}

  // Costs O(d^3).
  double distance(const at::Tensor& mean, const at::Tensor& covariance) const;
  double distance(const Moments& moments) const {
    return distance(moments.mean, moments.covariance());
  }
  // From the samples themselves, float64 [n, d], n >= 2: the same number, by the nuclear norm of an
  // n x r matrix where n < d.
  double distance_of(const at::Tensor& values) const;

  std::int64_t dimension() const { return mean_.size(0); }
  const at::Tensor& mean() const { return mean_; }
  const at::Tensor& factor() const { return factor_; }  // [d, r]
  double trace() const { return trace_; }

 private:
  double assemble(const at::Tensor& mean, double trace, double root) const;

  at::Tensor mean_, factor_;
  double trace_;
};

double frechet_distance(const Moments& a, const Moments& b);

}  // namespace strang::analysis
