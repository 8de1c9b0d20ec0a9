// DDIM (Song, Meng & Ermon 2021, eq. 12 with the variance of eq. 16): the exact solution of a step
// when the data prediction is held fixed, with a fraction eta of the posterior's noise. eta = 1 is
// DDPM's ancestral step. Any (alpha, sigma).

#include <cmath>

#include "core/plugin.h"

namespace strang {
namespace {

struct Ddim {
  double eta = 0;
  void fields(OptionVisitor& v) { v.field("eta", eta, "0 deterministic, 1 ancestral").in(0, 1); }

  IntegratorTraits traits(IntegratorTraits declared) const {
    declared.stochastic = eta > 0;
    return declared;
  }

  Value trace(Tracer& trace, Value x, const Grid& t) const {
    for (int i = 0; i < t.steps(); ++i) {
      const Estimate e = trace.evaluate(x, t[i]);
      const double alpha = t.alpha(i + 1), sigma = t.sigma(i + 1);
      // Standard deviation of the posterior p(x_{i+1} | x_i, x_0), times eta.
      const double noise = eta * t.sigma(i + 1) / t.sigma(i) *
                           trace.process().transition(t[i + 1], t[i]).root.value();
      Value next = alpha * e.data + std::sqrt(sigma * sigma - noise * noise) * e.noise;
      if (noise > 0) next += noise * trace.noise(t[i], t[i + 1]);
      x = trace.node(next, t[i + 1]);
    }
    return x;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(ddim, Ddim, "DDIM with eta (Song et al. 2021, eq. 12)", {.order = 1, .slots = 1});
