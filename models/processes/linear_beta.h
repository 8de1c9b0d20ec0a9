#pragma once

#include <cmath>

#include "core/options.h"

namespace strang {

// beta(t) = beta_min + t (beta_max - beta_min) on [0, 1] (Ho et al. 2020 in continuous time; Song
// et al. 2021, eq. 32).
struct LinearBeta {
  double beta_min = 0.1;
  double beta_max = 20;

  void fields(OptionVisitor& v) {
    v.field("beta_min", beta_min, "beta at t = 0").at_least(0);
    v.field("beta_max", beta_max, "beta at t = 1").above(0);
  }

  double slope() const { return beta_max - beta_min; }
  double rate(double t) const { return beta_min + t * slope(); }
  double integral(double t) const { return between(0, t); }
  double between(double s, double t) const {
    return (t - s) * (beta_min + 0.5 * slope() * (t + s));
  }
  // The root of slope t^2 / 2 + beta_min t = integral, in the form without cancellation.
  double time_at_integral(double integral) const {
    if (std::isinf(integral)) return integral;
    if (integral == 0) return 0;
    return 2 * integral / (beta_min + std::sqrt(beta_min * beta_min + 2 * slope() * integral));
  }
};

}  // namespace strang
