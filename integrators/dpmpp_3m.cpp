// DPM-Solver++(3M): third-order multistep in the data prediction and half log-SNR, as in the
// released DPM-Solver code (`multistep_dpm_solver_third_update`). Steps with a history of one are
// of order two in one of two forms: `dpmsolver`, as in DPM-Solver++(2M), or `taylor`. A step that
// ends at zero noise has order one.

#include <cmath>

#include "core/plugin.h"
#include "integrators/common/multistep.h"

namespace strang {
namespace {

struct DpmPp3M {
  OrderRule rule{.order = 3};
  std::string second = "dpmsolver";
  void fields(OptionVisitor& v) {
    rule.fields(v, 3);
    v.field("second", second, "form of steps of order two").one_of({"dpmsolver", "taylor"});
  }

  IntegratorTraits traits(IntegratorTraits declared) const {
    if (rule.order == 1) declared.order = 1;
    declared.step_order = rule.order;
    return declared;
  }

  Value trace(Tracer& trace, Value x, const Grid& t) const {
    History data(rule.order);
    for (int i = 0; i < t.steps(); ++i) {
      data.push(trace.store(trace.evaluate(x, t[i]).data));
      const double h = t.log_snr_step(i);
      const double phi1 = std::expm1(-h), phi2 = phi1 / h + 1, phi3 = phi2 / h - 0.5;
      const int order = t.evaluable(i + 1) ? rule.at(t, i) : 1;
      Value d = -phi1 * data[0];
      if (order > 1) {
        const double r0 = t.log_snr_step(i - 1) / h;
        const Value first = (data[0] - data[1]) / r0;
        if (order == 2) d += (second == "taylor" ? phi2 : -0.5 * phi1) * first;
        if (order == 3) {
          const double r1 = t.log_snr_step(i - 2) / h;
          const Value difference = (first - (data[1] - data[2]) / r1) / (r0 + r1);
          d += phi2 * (first + r0 * difference) - phi3 * difference;
        }
      }
      x = trace.node(t.sigma(i + 1) / t.sigma(i) * x + t.alpha(i + 1) * d, t[i + 1]);
    }
    return x;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(dpmpp_3m, DpmPp3M, "DPM-Solver++(3M) (Lu et al. 2022b, released code)",
                  {.order = 2, .slots = 1});
