// Euler ancestral sampling (as k-diffusion's `sample_euler_ancestral`): a deterministic Euler step
// in x / alpha down to the noise level sigma_down, then fresh noise up to the next one, with
// sigma_up^2 = min(eta^2 s_{i+1}^2 (s_i^2 - s_{i+1}^2) / s_i^2, s_{i+1}^2). With eta = 1 it draws
// from the posterior of DDPM with the data prediction in place of the data.

#include <algorithm>
#include <cmath>

#include "core/plugin.h"

namespace strang {
namespace {

struct Ancestral {
  double eta = 1;
  double s_noise = 1;
  void fields(OptionVisitor& v) {
    v.field("eta", eta, "fraction of the posterior's noise; 0 is Euler in x / alpha").at_least(0);
    v.field("s_noise", s_noise, "standard deviation of the added noise, relative").at_least(0);
  }

  IntegratorTraits traits(IntegratorTraits declared) const {
    declared.stochastic = eta > 0;
    return declared;
  }

  Value trace(Tracer& trace, Value x, const Grid& t) const {
    for (int i = 0; i < t.steps(); ++i) {
      const double level = t.sigma(i) / t.alpha(i), next = t.sigma(i + 1) / t.alpha(i + 1);
      const double up =
          std::min(next, eta * next * std::sqrt((level * level - next * next)) / level);
      const double down = std::sqrt(next * next - up * up);
      const Value data = trace.evaluate(x, t[i]).data;
      Value y = x / t.alpha(i);
      y = y + (down - level) / level * (y - data);
      if (up > 0) y += up * s_noise * trace.noise(t[i], t[i + 1]);
      x = trace.node(t.alpha(i + 1) * y, t[i + 1]);
    }
    return x;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(ancestral, Ancestral, "Euler ancestral sampling (DDPM's posterior for eta = 1)",
                  {.order = 1, .slots = 1});
