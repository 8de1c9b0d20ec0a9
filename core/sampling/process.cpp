#include "core/sampling/process.h"

#include <algorithm>
#include <cmath>

namespace strang {

double PositionProcess::diffusion_squared(double t) const {
  return 2 * sigma(t) * (sigma_rate(t) - sigma(t) * alpha_rate(t) / alpha(t));
}

Block PositionProcess::drift(double t) const { return alpha_rate(t) / alpha(t); }

Block PositionProcess::diffusion(double t) const { return std::sqrt(diffusion_squared(t)); }

Gaussian PositionProcess::transition(double s, double t) const {
  const double ratio = alpha(t) / alpha(s);
  const double variance = sigma(t) * sigma(t) - ratio * ratio * sigma(s) * sigma(s);
  return {ratio, std::sqrt(std::max(variance, 0.0))};
}

double PositionProcess::noise_clock(double t) const {
  const double level = sigma(t) / alpha(t);
  return level * level;
}

double noise_level(const Process& process, double t) {
  return process.root(t).value() / process.mean(t).value();
}

double log_snr(const Process& process, double t) {
  return std::log(process.mean(t).value() / process.root(t).value());
}

double time_at_log_snr(const Process& process, double lambda) {
  return process.time_at_noise_level(std::exp(-lambda));
}

}  // namespace strang
