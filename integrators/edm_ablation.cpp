// The generalised second-order family of Karras et al. 2022, appendix D.2, algorithm 3, with the
// churn of algorithm 2: a trial step of alpha h, then a combination of both slopes. alpha = 1 is
// Heun, 1/2 the midpoint rule, 2/3 Ralston. The process plays the role of the paper's schedule
// sigma(t) and scaling s(t).

#include "core/plugin.h"
#include "integrators/common/churn.h"

namespace strang {
namespace {

struct EdmAblation {
  std::string solver = "heun";
  double alpha = 1;
  Churn churn;

  void fields(OptionVisitor& v) {
    v.field("solver", solver, "euler: first order").one_of({"euler", "heun"});
    v.field("alpha", alpha, "trial step as a fraction of the step").in(0.01, 1);
    churn.fields(v);
  }

  IntegratorTraits traits(IntegratorTraits declared) const {
    if (solver == "euler") declared.order = declared.evaluations = 1;
    return churn.traits(declared);
  }

  Value trace(Tracer& trace, Value u, const Grid& t) const {
    for (int i = 0; i < t.steps(); ++i) {
      const double t_hat = churn.raise(trace, u, t, i);
      const double h = t[i + 1] - t_hat;
      const Value d = trace.evaluate(u, t_hat).velocity;
      Value next = u + h * d;
      if (solver == "heun" && t.evaluable(i + 1)) {
        Value trial = u + alpha * h * d;
        const Value d_trial = trace.evaluate(trial, t_hat + alpha * h).velocity;
        next = u + h * ((1 - 0.5 / alpha) * d + 0.5 / alpha * d_trial);
      }
      u = trace.node(next, t[i + 1]);
    }
    return u;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(edm_ablation, EdmAblation,
                  "generalised EDM sampler (Karras et al. 2022, algorithm 3 with churn)",
                  {.order = 2, .evaluations = 2, .last_evaluations = 1});
