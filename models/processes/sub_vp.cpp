// The sub-VP process with linear beta (Song et al. 2021, eqs. 13 and 29): the drift of VP, and
// g^2 = beta (1 - exp(-2 B)), so that sigma = 1 - exp(-B) is below that of VP and smooth at t = 0.

#include <cmath>

#include "core/plugin.h"
#include "models/processes/linear_beta.h"
#include "models/processes/variance_preserving.h"

namespace strang {
namespace {

class SubVp final : public VariancePreserving {
 public:
  void fields(OptionVisitor& v) {
    schedule_.fields(v);
    prior_.fields(v);
  }

  Span time() const override { return {0, 1}; }
  double beta(double t) const override { return schedule_.rate(t); }
  double beta_integral(double t) const override { return schedule_.integral(t); }
  double beta_integral_between(double s, double t) const override {
    return schedule_.between(s, t);
  }
  double time_at_beta_integral(double integral) const override {
    return schedule_.time_at_integral(integral);
  }

  double sigma(double t) const override { return -std::expm1(-beta_integral(t)); }
  double sigma_rate(double t) const override { return beta(t) * std::exp(-beta_integral(t)); }
  double diffusion_squared(double t) const override {
    return -beta(t) * std::expm1(-2 * beta_integral(t));
  }

  // sigma_t^2 - ratio^2 sigma_s^2 as a product of its two factors, the small one by expm1.
  Gaussian transition(double s, double t) const override {
    const double ratio = std::exp(-0.5 * schedule_.between(s, t));
    const double difference =
        -std::expm1(-0.5 * schedule_.between(s, t)) * (1 + ratio * std::exp(-beta_integral(s)));
    return {ratio, std::sqrt(difference * (sigma(t) + ratio * sigma(s)))};
  }

  // sigma / alpha = 2 sinh(B / 2).
  double time_at_noise_level(double level) const override {
    return time_at_beta_integral(2 * std::asinh(0.5 * level));
  }
  double noise_clock(double t) const override {
    const double level = 2 * std::sinh(0.5 * beta_integral(t));
    return level * level;
  }

 private:
  LinearBeta schedule_;
};

}  // namespace
}  // namespace strang

STRANG_PROCESS(sub_vp, SubVp, "sub-VP, linear beta (Song et al. 2021, eq. 29)");
