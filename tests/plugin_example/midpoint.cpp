// The midpoint rule on the probability-flow ODE: a sampler that someone writes outside of strang.
// Compile it with STRANG_PLUGIN_MODULE as a shared object and run it by `plugins: [midpoint.so]`,
// `integrator: midpoint`.

#include "core/plugin.h"

namespace strang {
namespace {

struct Midpoint {
  double where = 0.5;
  void fields(OptionVisitor& v) { v.field("where", where, "of the inner stage").in(0.01, 1); }

  Value trace(Tracer& trace, Value u, const Grid& t) const {
    for (int i = 0; i < t.steps(); ++i) {
      const double h = t[i + 1] - t[i];
      const Value d = trace.evaluate(u, t[i]).velocity;
      Value middle = u + where * h * d;
      const Value inner = trace.evaluate(middle, t[i] + where * h).velocity;
      u = trace.node(u + h * ((1 - 0.5 / where) * d + 0.5 / where * inner), t[i + 1]);
    }
    return u;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(midpoint, Midpoint, "the midpoint rule, from outside",
                  {.order = 2, .evaluations = 2});
