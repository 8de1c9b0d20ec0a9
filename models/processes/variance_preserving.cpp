#include "models/processes/variance_preserving.h"

#include <cmath>

namespace strang {

double VariancePreserving::alpha(double t) const { return std::exp(-0.5 * beta_integral(t)); }
double VariancePreserving::alpha_rate(double t) const { return -0.5 * beta(t) * alpha(t); }

double VariancePreserving::sigma(double t) const {
  return std::sqrt(-std::expm1(-beta_integral(t)));
}

double VariancePreserving::sigma_rate(double t) const {
  return 0.5 * beta(t) * std::exp(-beta_integral(t)) / sigma(t);
}

Gaussian VariancePreserving::transition(double s, double t) const {
  const double integral = beta_integral_between(s, t);
  return {std::exp(-0.5 * integral), std::sqrt(-std::expm1(-integral))};
}

// (sigma / alpha)^2 = exp(B) - 1.
double VariancePreserving::time_at_noise_level(double level) const {
  return time_at_beta_integral(std::log1p(level * level));
}

double VariancePreserving::noise_clock(double t) const { return std::expm1(beta_integral(t)); }

}  // namespace strang
