#include "integrators/common/churn.h"

#include <algorithm>
#include <cmath>

namespace strang {

void Churn::fields(OptionVisitor& v) {
  v.field("s_churn", s_churn, "total amount of noise added, over all steps; one-slot processes")
      .at_least(0);
  v.field("s_min", s_min, "lowest noise level at which noise is added").at_least(0);
  v.field("s_max", s_max, "highest noise level at which noise is added").at_least(0);
  v.field("s_noise", s_noise, "standard deviation of the added noise, relative").at_least(0);
}

IntegratorTraits Churn::traits(IntegratorTraits declared) const {
  if (s_churn > 0) {
    declared.stochastic = true;
    declared.slots = 1;
    declared.order = 1;
  }
  return declared;
}

double Churn::raise(Tracer& trace, Value& u, const Grid& t, int i) const {
  if (s_churn == 0) return t[i];
  const Process& process = trace.process();
  const double level = noise_level(process, t[i]);
  const double gamma =
      s_min <= level && level <= s_max ? std::min(s_churn / t.steps(), std::sqrt(2.0) - 1) : 0;
  if (gamma == 0) return t[i];
  const double raised = level + gamma * level;
  const double t_hat = process.time_at_noise_level(raised);
  const double alpha_hat = process.mean(t_hat).value();
  u = alpha_hat / t.alpha(i) * u +
      std::sqrt(raised * raised - level * level) * alpha_hat * s_noise * trace.noise(t_hat, t[i]);
  return t_hat;
}

}  // namespace strang
