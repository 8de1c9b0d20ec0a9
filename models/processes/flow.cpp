// The linear interpolation of flow matching and rectified flow (Lipman et al. 2023, eq. 20; Liu et
// al. 2023): u = (1 - t) data + t noise, whose velocity is noise - data. As an equation it has F =
// -1 / (1 - t) and g^2 = 2 t / (1 - t), which diverge at t = 1: stochastic integrators must start
// below.

#include <cmath>

#include "core/plugin.h"

namespace strang {
namespace {

class Flow final : public PositionProcess {
 public:
  void fields(OptionVisitor&) {}

  Span time() const override { return {0, 1}; }
  double alpha(double t) const override { return 1 - t; }
  double alpha_rate(double) const override { return -1; }
  double sigma(double t) const override { return t; }
  double sigma_rate(double) const override { return 1; }
  double diffusion_squared(double t) const override { return 2 * t / (1 - t); }

  // t^2 (1 - s)^2 - s^2 (1 - t)^2 = (t - s) (t + s - 2 s t).
  Gaussian transition(double s, double t) const override {
    return {(1 - t) / (1 - s), std::sqrt((t - s) * (t * (1 - s) + s * (1 - t))) / (1 - s)};
  }

  double time_at_noise_level(double level) const override {
    return std::isinf(level) ? 1 : level / (1 + level);
  }
  Block prior_root() const override { return 1.0; }
};

}  // namespace
}  // namespace strang

STRANG_PROCESS(flow, Flow, "linear interpolation of flow matching (Lipman et al. 2023, eq. 20)");
