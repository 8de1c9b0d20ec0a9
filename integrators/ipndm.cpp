// iPNDM (Zhang & Chen 2023, appendix; Liu et al. 2022, eq. 12 without the Runge-Kutta start):
// Adams-Bashforth in the noise estimate with DDIM's transfer. `constant` has the weights for equal
// steps on every grid; `variable` those for the steps of sigma / alpha (iPNDM_v), which is DEIS
// with rhoab. Any (alpha, sigma).

#include "core/plugin.h"
#include "integrators/common/multistep.h"
#include "integrators/common/transfer.h"

namespace strang {
namespace {

struct Ipndm {
  OrderRule rule{.order = 4};
  std::string step = "constant";
  void fields(OptionVisitor& v) {
    rule.fields(v, 4);
    v.field("step", step, "weights for equal steps, or for the grid's")
        .one_of({"constant", "variable"});
  }

  IntegratorTraits traits(IntegratorTraits declared) const {
    if (rule.order == 1) declared.order = 1;
    if (step == "variable") declared.step_order = rule.order;
    return declared;
  }

  Value trace(Tracer& trace, Value x, const Grid& t) const {
    const auto level = [&](int i) { return t.sigma(i) / t.alpha(i); };
    History noise(rule.order);
    for (int i = 0; i < t.steps(); ++i) {
      noise.push(trace.store(trace.evaluate(x, t[i]).noise));
      const int order = rule.at(t, i);
      if (step == "constant") {
        const Value e = combine(adams_bashforth(order), noise);
        x = trace.node(transfer(trace.process(), x, e, t[i], t[i + 1]), t[i + 1]);
      } else {
        const auto weights = adams_weights(recent(i, order, level), level(i), level(i + 1));
        x = trace.node(t.alpha(i + 1) * (x / t.alpha(i) + combine(weights, noise)), t[i + 1]);
      }
    }
    return x;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(ipndm, Ipndm, "iPNDM with constant or variable steps (Zhang & Chen 2023)",
                  {.order = 2, .slots = 1});
