#pragma once

#include <cmath>

#include "core/sampling/process.h"

namespace strang {

// du = g(t) dW (Song et al. 2021, eq. 9): alpha = 1, and a leaf gives sigma and its rate.
class VarianceExploding : public PositionProcess {
 public:
  double alpha(double) const final { return 1; }
  double alpha_rate(double) const final { return 0; }
  double diffusion_squared(double t) const override { return 2 * sigma(t) * sigma_rate(t); }
  Block drift(double) const final { return 0.0; }
  Gaussian transition(double s, double t) const final {
    return {1.0, std::sqrt((sigma(t) - sigma(s)) * (sigma(t) + sigma(s)))};
  }
  double noise_clock(double t) const final { return sigma(t) * sigma(t); }
  Block prior_root() const final { return sigma(time().end); }
};

}  // namespace strang
