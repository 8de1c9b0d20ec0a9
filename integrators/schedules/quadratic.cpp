// Steps that shrink towards the data: t_i = end + (start - end) ((n - i) / n)^2, the "quadratic"
// grid of the PSLD code (Pandey & Mandt 2023), there written in reverse time as tau_i = (T - eps)
// (1 - ((n - i) / n)^2).

#include <cmath>

#include "core/plugin.h"
#include "integrators/schedules/spacing.h"

namespace strang {
namespace {

class Quadratic final : public Schedule {
 public:
  void fields(OptionVisitor& v) { range_.fields(v); }
  std::vector<double> times(const Process& process, int steps) const override {
    const double end = range_.end;
    return range_.times(
        process, steps, [end](double t) { return std::sqrt(t - end); },
        [end](double root) { return end + root * root; });
  }

 private:
  TimeRange range_;
};

}  // namespace
}  // namespace strang

STRANG_SCHEDULE(quadratic, Quadratic,
                "steps that shrink quadratically towards the end (Pandey & Mandt 2023)");
