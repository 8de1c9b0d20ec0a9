// The VP discretisation of the EDM ablation sampler (Karras et al. 2022, table 1, and
// `ablation_sampler` of its code): equal steps in the time of a linear-beta VP process from 1 to
// epsilon_s, then zero noise. The released code derives that process from the noise levels at both
// ends, which by default are those of beta from 0.1 to 20:
//   beta_d = 2 (ln(sigma_min^2 + 1) / epsilon_s - ln(sigma_max^2 + 1)) / (epsilon_s - 1),
//   beta_min = ln(sigma_max^2 + 1) - beta_d / 2,
//   sigma(t) = sqrt(exp(beta_d t^2 / 2 + beta_min t) - 1).

#include <cmath>
#include <optional>

#include "core/plugin.h"
#include "integrators/schedules/noise_levels.h"
#include "integrators/schedules/spacing.h"

namespace strang {
namespace {

double vp_sigma(double beta_d, double beta_min, double t) {
  return std::sqrt(std::expm1(0.5 * beta_d * t * t + beta_min * t));
}

class EdmVp final : public Schedule {
 public:
  void fields(OptionVisitor& v) {
    v.field("sigma_min", sigma_min_, "noise level at epsilon_s; null: that of beta from 0.1 to 20");
    v.field("sigma_max", sigma_max_, "noise level at 1; null: that of beta from 0.1 to 20");
    v.field("epsilon_s", epsilon_s_, "last time above zero").in(1e-12, 0.999);
    last_.fields(v);
  }

  std::vector<double> times(const Process& process, int steps) const override {
    const double sigma_min = sigma_min_.value_or(vp_sigma(19.9, 0.1, epsilon_s_));
    const double sigma_max = sigma_max_.value_or(vp_sigma(19.9, 0.1, 1));
    require(0 < sigma_min && sigma_min < sigma_max,
            "schedule.sigma_min is {:g}, but must be above 0 and below sigma_max, {:g}", sigma_min,
            sigma_max);
    const double low = std::log1p(sigma_min * sigma_min), high = std::log1p(sigma_max * sigma_max);
    const double beta_d = 2 * (low / epsilon_s_ - high) / (epsilon_s_ - 1);
    const double beta_min = high - 0.5 * beta_d;
    const auto same = [](double t) { return t; };
    std::vector<double> levels = spaced(1, epsilon_s_, last_.intervals(steps), same, same);
    for (double& t : levels) t = vp_sigma(beta_d, beta_min, t);
    return times_at_noise_levels(process, last_.finish(levels, 0));
  }

 private:
  std::optional<double> sigma_min_, sigma_max_;
  double epsilon_s_ = 1e-3;
  LastStep last_{"zero", "sigma_min"};
};

}  // namespace
}  // namespace strang

STRANG_SCHEDULE(edm_vp, EdmVp, "equal steps in VP time (Karras et al. 2022, table 1, VP)");
