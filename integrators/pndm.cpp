// F-PNDM (Liu et al. 2022, algorithm 2): three pseudo Runge-Kutta steps of four evaluations, then
// four-step Adams-Bashforth for equal steps, in the noise estimate with DDIM's transfer. Any
// (alpha, sigma). A step that ends at zero noise before history is full has the order that history
// allows.

#include <algorithm>

#include "core/plugin.h"
#include "integrators/common/multistep.h"
#include "integrators/common/transfer.h"

namespace strang {
namespace {

struct Pndm {
  void fields(OptionVisitor&) {}

  Value trace(Tracer& trace, Value x, const Grid& t) const {
    History noise(4);
    for (int i = 0; i < t.steps(); ++i) {
      noise.push(trace.store(trace.evaluate(x, t[i]).noise));
      const Value e = i < 3 && t.evaluable(i + 1) ? runge_kutta(trace, x, noise[0], t[i], t[i + 1])
                                                  : combine(adams_bashforth(noise.size()), noise);
      x = trace.node(transfer(trace.process(), x, e, t[i], t[i + 1]), t[i + 1]);
    }
    return x;
  }

 private:
  // The pseudo Runge-Kutta combination of noise estimates (eq. 13).
  static Value runge_kutta(Tracer& trace, const Value& x, const Value& e1, double from, double to) {
    const double middle = 0.5 * (from + to);
    Value x1 = transfer(trace.process(), x, e1, from, middle);
    const Value e2 = trace.store(trace.evaluate(x1, middle).noise);
    Value x2 = transfer(trace.process(), x, e2, from, middle);
    const Value e3 = trace.store(trace.evaluate(x2, middle).noise);
    Value x3 = transfer(trace.process(), x, e3, from, to);
    const Value e4 = trace.evaluate(x3, to).noise;
    return (e1 + 2 * e2 + 2 * e3 + e4) / 6;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(pndm, Pndm, "F-PNDM, fourth-order pseudo numerical method (Liu et al. 2022)",
                  {.order = 2, .slots = 1, .last_evaluations = 1, .first_extra = {3, 3, 3}});
