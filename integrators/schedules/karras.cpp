// Equal steps in sigma^(1 / rho) (Karras et al. 2022, eq. 5). sigma is the noise level sigma /
// alpha, mapped to a time of the process, so the grid serves any one-slot process. last: zero ends
// the grid as that paper does, with one of the steps from sigma_min to 0.

#include <cmath>

#include "core/plugin.h"
#include "integrators/schedules/noise_levels.h"
#include "integrators/schedules/spacing.h"

namespace strang {
namespace {

class Karras final : public Schedule {
 public:
  void fields(OptionVisitor& v) {
    v.field("sigma_min", sigma_min_, "last noise level above zero").above(0);
    v.field("sigma_max", sigma_max_, "first noise level").above(0);
    v.field("rho", rho_, "exponent; 1 is uniform in the noise level").above(0);
    last_.fields(v);
  }

  std::vector<double> times(const Process& process, int steps) const override {
    require(sigma_min_ < sigma_max_,
            "schedule.sigma_min is {:g}, but must be below sigma_max, {:g}", sigma_min_,
            sigma_max_);
    const std::vector<double> levels = spaced(
        sigma_max_, sigma_min_, last_.intervals(steps),
        [this](double sigma) { return std::pow(sigma, 1 / rho_); },
        [this](double root) { return std::pow(root, rho_); });
    return times_at_noise_levels(process, last_.finish(levels, 0));
  }

 private:
  double sigma_min_ = 0.002, sigma_max_ = 80, rho_ = 7;
  LastStep last_{"zero", "sigma_min"};
};

}  // namespace
}  // namespace strang

STRANG_SCHEDULE(karras, Karras, "equal steps in sigma^(1 / rho) (Karras et al. 2022, eq. 5)");
