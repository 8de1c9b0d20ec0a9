// Heun's method on the probability-flow ODE of any process, after an optional churn that adds noise
// for a moment. On EDM this is Karras et al. 2022, algorithm 2, and algorithm 1 without churn. A
// step that ends at zero noise is Euler's.

#include "core/plugin.h"
#include "integrators/common/churn.h"

namespace strang {
namespace {

struct Heun {
  Churn churn;
  void fields(OptionVisitor& v) { churn.fields(v); }

  IntegratorTraits traits(IntegratorTraits declared) const { return churn.traits(declared); }

  Value trace(Tracer& trace, Value u, const Grid& t) const {
    for (int i = 0; i < t.steps(); ++i) {
      const double t_hat = churn.raise(trace, u, t, i);
      const double h = t[i + 1] - t_hat;
      const Value d = trace.evaluate(u, t_hat).velocity;
      Value next = u + h * d;
      if (t.evaluable(i + 1)) next = u + 0.5 * h * (d + trace.evaluate(next, t[i + 1]).velocity);
      u = trace.node(next, t[i + 1]);
    }
    return u;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(heun, Heun, "Heun with churn (Karras et al. 2022, algorithms 1 and 2)",
                  {.order = 2, .evaluations = 2, .last_evaluations = 1});
