// Explicit Euler on the probability-flow ODE du/dt = velocity of any linear process.
// On EDM it equals DDIM (Song et al. 2021, eq. 13 with eta = 0).

#include "core/plugin.h"

namespace strang {
namespace {

struct Euler {
  void fields(OptionVisitor&) {}

  Value trace(Tracer& trace, Value u, const Grid& t) const {
    for (int i = 0; i < t.steps(); ++i) {
      const double h = t[i + 1] - t[i];
      u = trace.node(u + h * trace.evaluate(u, t[i]).velocity, t[i + 1]);
    }
    return u;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(euler, Euler, "explicit Euler on the probability-flow ODE", {.order = 1});
