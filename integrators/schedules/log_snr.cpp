// Equal steps in the log-SNR lambda = ln(alpha / sigma), the variable in which exponential
// integrators work (Lu et al. 2022, section 3.4), between the process times `start` and `end`.
// Needs noise at `end` and signal at `start`.

#include <cmath>

#include "core/plugin.h"
#include "integrators/schedules/spacing.h"

namespace strang {
namespace {

class LogSnr final : public Schedule {
 public:
  void fields(OptionVisitor& v) { range_.fields(v); }
  std::vector<double> times(const Process& process, int steps) const override {
    const auto lambda = [&process](double t) {
      const double value = log_snr(process, t);
      require(
          std::isfinite(value),
          "the log-SNR at t = {:g} is {}: move the schedule's start or end to where both signal "
          "and noise exist",
          t, value);
      return value;
    };
    return range_.times(process, steps, lambda,
                        [&process](double value) { return time_at_log_snr(process, value); });
  }

 private:
  TimeRange range_;
};

}  // namespace
}  // namespace strang

STRANG_SCHEDULE(log_snr, LogSnr, "equal steps in log-SNR (Lu et al. 2022, section 3.4)");
