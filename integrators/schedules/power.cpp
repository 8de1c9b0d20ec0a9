// Equal steps in t^(1 / rho), t the process time: t_i = (start^(1/rho) + i / n (end^(1/rho) -
// start^(1/rho)))^rho. rho = 1 is uniform, rho = 2 the quadratic grid of DDIM and DPM-Solver. The
// same in the noise level is karras.

#include <cmath>

#include "core/plugin.h"
#include "integrators/schedules/spacing.h"

namespace strang {
namespace {

class Power final : public Schedule {
 public:
  void fields(OptionVisitor& v) {
    v.field("rho", rho_, "exponent").above(0);
    range_.fields(v);
  }
  std::vector<double> times(const Process& process, int steps) const override {
    return range_.times(
        process, steps, [this](double t) { return std::pow(t, 1 / rho_); },
        [this](double root) { return std::pow(root, rho_); });
  }

 private:
  double rho_ = 2;
  TimeRange range_;
};

}  // namespace
}  // namespace strang

STRANG_SCHEDULE(power, Power, "equal steps in t^(1 / rho)");
