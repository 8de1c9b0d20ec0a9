// DPM-Solver++(2M) (Lu et al. 2022b, algorithm 2): second-order multistep in the data prediction
// and half log-SNR. The first step is of order one. So is the last one where the noise level
// reaches zero; `lower_order_final` lowers it on other grids, too, when there are fewer steps than
// its value (released code: 15).

#include <cmath>

#include "core/plugin.h"

namespace strang {
namespace {

struct DpmPp2M {
  int lower_order_final = 0;
  void fields(OptionVisitor& v) {
    v.field("lower_order_final", lower_order_final,
            "take the last step of a run with order one when the run has fewer steps than this")
        .at_least(0);
  }

  Value trace(Tracer& trace, Value x, const Grid& t) const {
    Value previous;
    for (int i = 0; i < t.steps(); ++i) {
      const Value data = trace.store(trace.evaluate(x, t[i]).data);
      const double h = t.log_snr_step(i);
      const bool lowered = t.is_run_end(i + 1) && t.steps() < lower_order_final;
      Value d = data;
      if (i > 0 && t.evaluable(i + 1) && !lowered) {
        const double r = t.log_snr_step(i - 1) / h;
        d = (1 + 0.5 / r) * data - (0.5 / r) * previous;
      }
      x = trace.node(t.sigma(i + 1) / t.sigma(i) * x - t.alpha(i + 1) * std::expm1(-h) * d,
                     t[i + 1]);
      previous = data;
    }
    return x;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(dpmpp_2m, DpmPp2M, "DPM-Solver++(2M) (Lu et al. 2022b, algorithm 2)",
                  {.order = 2, .slots = 1});
