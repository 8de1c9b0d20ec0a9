// S-PNDM (Liu et al. 2022, section 3.3; zju's name for its second-order form): pseudo improved
// Euler in the first step, then two-step Adams-Bashforth for equal steps, both in the noise
// estimate and with DDIM's transfer. Any (alpha, sigma). A first step that ends at zero noise is
// DDIM's.

#include "core/plugin.h"
#include "integrators/common/multistep.h"
#include "integrators/common/transfer.h"

namespace strang {
namespace {

struct SPndm {
  void fields(OptionVisitor&) {}

  Value trace(Tracer& trace, Value x, const Grid& t) const {
    const Process& process = trace.process();
    Value previous;
    for (int i = 0; i < t.steps(); ++i) {
      const Value noise = trace.store(trace.evaluate(x, t[i]).noise);
      Value e = noise;
      if (i > 0) {
        e = 1.5 * noise - 0.5 * previous;
      } else if (t.evaluable(1)) {
        Value trial = transfer(process, x, noise, t[0], t[1]);
        e = 0.5 * (noise + trace.evaluate(trial, t[1]).noise);
      }
      x = trace.node(transfer(process, x, e, t[i], t[i + 1]), t[i + 1]);
      previous = noise;
    }
    return x;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(spndm, SPndm, "S-PNDM, second-order pseudo numerical method (Liu et al. 2022)",
                  {.order = 2, .slots = 1, .last_evaluations = 1, .first_extra = {1}});
