// Equal steps in process time. With a process of time in [0, 1] and end = 1e-3 this is the grid of
// Song et al. 2021 (and "uniform" of the PSLD code); in EDM's time the steps are equal in sigma.

#include "core/plugin.h"
#include "integrators/schedules/spacing.h"

namespace strang {
namespace {

class Uniform final : public Schedule {
 public:
  void fields(OptionVisitor& v) { range_.fields(v); }
  std::vector<double> times(const Process& process, int steps) const override {
    const auto same = [](double t) { return t; };
    return range_.times(process, steps, same, same);
  }

 private:
  TimeRange range_;
};

}  // namespace
}  // namespace strang

STRANG_SCHEDULE(uniform, Uniform, "equal steps in process time");
