// The VE discretisation of the EDM ablation sampler (Karras et al. 2022, table 1, and
// `ablation_sampler` of its code): noise levels sigma_i^2 = sigma_max^2 (sigma_min^2 /
// sigma_max^2)^(i / (N - 1)), then zero. Mapped to any one-slot process; the paper's own is ve with
// sigma: sqrt.

#include <cmath>

#include "core/plugin.h"
#include "integrators/schedules/noise_levels.h"
#include "integrators/schedules/spacing.h"

namespace strang {
namespace {

class EdmVe final : public Schedule {
 public:
  void fields(OptionVisitor& v) {
    v.field("sigma_min", sigma_min_, "last noise level above zero").above(0);
    v.field("sigma_max", sigma_max_, "first noise level").above(0);
    last_.fields(v);
  }

  std::vector<double> times(const Process& process, int steps) const override {
    require(sigma_min_ < sigma_max_,
            "schedule.sigma_min is {:g}, but must be below sigma_max, {:g}", sigma_min_,
            sigma_max_);
    const std::vector<double> levels = spaced(
        sigma_max_, sigma_min_, last_.intervals(steps),
        [](double sigma) { return std::log(sigma); },
        [](double logarithm) { return std::exp(logarithm); });
    return times_at_noise_levels(process, last_.finish(levels, 0));
  }

 private:
  double sigma_min_ = 0.02, sigma_max_ = 100;
  LastStep last_{"zero", "sigma_min"};
};

}  // namespace
}  // namespace strang

STRANG_SCHEDULE(edm_ve, EdmVe, "geometric noise levels (Karras et al. 2022, table 1, VE)");
