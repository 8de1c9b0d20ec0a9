#pragma once

#include <cstdint>
#include <vector>

#include "models/analytic/exact_denoiser.h"

namespace strang {

// A mixture of Gaussians in d dimensions; component k has the covariance Q_k diag(variances_k)
// Q_k^T.
struct Mixture {
  std::vector<std::int64_t> shape;  // of an event: d numbers
  std::vector<double> weights;      // [K], >= 0, not all zero; need not be normalised
  std::vector<double> means;        // [K, d]
  std::vector<double> variances;    // [K, d], >= 0: zero everywhere is a set of points
  std::vector<double> axes;         // [K, d, d], Q_k, axes as columns; empty: the coordinate axes

  std::int64_t components() const { return static_cast<std::int64_t>(weights.size()); }
  std::int64_t dimensions() const {
    return static_cast<std::int64_t>(means.size() / weights.size());
  }
};

// Sets variances and axes from full covariances [K, d, d]. Throws UsageError unless they are
// symmetric and positive semi-definite.
void set_covariances(Mixture& mixture, const std::vector<double>& covariances);

// D(y; s) of a mixture, with v the variances along the axes:
//   D = sum_k r_k (mu_k + g_k (y - mu_k)),  g_k = v_k / (v_k + s^2),
//   r = softmax_k(ln w_k - sum_j [ln(v_kj + s^2) + (y_j - mu_kj)^2 / (v_kj + s^2)] / 2).
// One pass over the rows, eight at a time, in double for every type of state. The bits of a row
// depend on nothing but the row. Costs K d (full covariances: K d^2) operations and K exponentials
// a row, and allocates nothing for small mixtures.
class MixtureDenoiser final : public ExactDenoiser {
 public:
  explicit MixtureDenoiser(Mixture mixture);

  std::vector<std::int64_t> event_shape() const override { return mixture_.shape; }
  bool visit_law(const ComponentVisitor& visit) const override;

 protected:
  void denoise(const ObservedRows& rows) const override;

 private:
  Mixture mixture_;
  std::vector<double> log_weights_;
};

}  // namespace strang
