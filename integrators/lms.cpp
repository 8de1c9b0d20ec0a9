// Linear multistep: Adams-Bashforth for unequal steps on the probability-flow ODE of any process.
// On EDM this is k-diffusion's `sample_lms`, and DEIS with rhoab. The first steps have fewer
// points.

#include "core/plugin.h"
#include "integrators/common/multistep.h"

namespace strang {
namespace {

struct Lms {
  OrderRule rule{.order = 4};
  void fields(OptionVisitor& v) { rule.fields(v, 4); }

  IntegratorTraits traits(IntegratorTraits declared) const {
    if (rule.order == 1) declared.order = 1;
    declared.step_order = rule.order;
    return declared;
  }

  Value trace(Tracer& trace, Value u, const Grid& t) const {
    History slopes(rule.order);
    for (int i = 0; i < t.steps(); ++i) {
      slopes.push(trace.store(trace.evaluate(u, t[i]).velocity));
      const auto times = recent(i, rule.at(t, i), [&](int k) { return t[k]; });
      u = trace.node(u + combine(adams_weights(times, t[i], t[i + 1]), slopes), t[i + 1]);
    }
    return u;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(lms, Lms, "linear multistep with unequal steps (k-diffusion sample_lms)",
                  {.order = 2});
