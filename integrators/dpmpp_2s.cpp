// DPM-Solver++(2S) (Lu et al. 2022b, algorithm 1): second order, singlestep, in the data prediction
// and half log-SNR, with an inner evaluation at the fraction r of the step. A step that ends at
// zero noise has order one.

#include <cmath>

#include "core/plugin.h"

namespace strang {
namespace {

struct DpmPp2S {
  double r = 0.5;
  void fields(OptionVisitor& v) {
    v.field("r", r, "inner point, as a fraction of the step").in(0.01, 1);
  }

  Value trace(Tracer& trace, Value x, const Grid& t) const {
    const Process& process = trace.process();
    for (int i = 0; i < t.steps(); ++i) {
      const double h = t.log_snr_step(i);
      Value d = trace.evaluate(x, t[i]).data;
      if (t.evaluable(i + 1)) {
        const double s = time_at_log_snr(process, t.log_snr(i) + r * h);
        Value u = process.root(s).value() / t.sigma(i) * x -
                  process.mean(s).value() * std::expm1(-r * h) * d;
        d = (1 - 0.5 / r) * d + 0.5 / r * trace.evaluate(u, s).data;
      }
      x = trace.node(t.sigma(i + 1) / t.sigma(i) * x - t.alpha(i + 1) * std::expm1(-h) * d,
                     t[i + 1]);
    }
    return x;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(dpmpp_2s, DpmPp2S, "DPM-Solver++(2S) (Lu et al. 2022b, algorithm 1)",
                  {.order = 2, .slots = 1, .evaluations = 2, .last_evaluations = 1});
