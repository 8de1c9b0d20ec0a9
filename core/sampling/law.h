#pragma once

#include <functional>
#include <span>

namespace strang {

// One Gaussian of a mixture in d dimensions, with the covariance Q diag(variances) Q^T.
struct GaussianComponent {
  double weight;                      // relative to those of the other components
  std::span<const double> mean;       // [d]
  std::span<const double> variances;  // [d], >= 0; all zero: a point
  std::span<const double> axes;       // [d, d], Q, axes as columns; empty: the coordinate axes
};

using ComponentVisitor = std::function<void(const GaussianComponent&)>;

}  // namespace strang
