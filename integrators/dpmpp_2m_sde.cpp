// SDE-DPM-Solver++(2M) (Lu et al. 2022b, section 5.2; variable eta and the midpoint form as in
// k-diffusion's `sample_dpmpp_2m_sde`). With eta = 1 the diffusion of the reverse SDE, with eta = 0
// DPM-Solver++(2M). Last step at zero noise: the data prediction.

#include <cmath>

#include "core/plugin.h"

namespace strang {
namespace {

struct DpmPp2MSde {
  double eta = 1;
  double s_noise = 1;
  std::string solver = "midpoint";
  void fields(OptionVisitor& v) {
    v.field("eta", eta, "strength of the noise, 0 deterministic").at_least(0);
    v.field("s_noise", s_noise, "standard deviation of the added noise, relative").at_least(0);
    v.field("solver", solver, "form of the second-order correction").one_of({"midpoint", "heun"});
  }

  IntegratorTraits traits(IntegratorTraits declared) const {
    declared.stochastic = eta > 0;
    if (eta == 0) declared.order = 2;
    return declared;
  }

  Value trace(Tracer& trace, Value x, const Grid& t) const {
    Value previous;
    for (int i = 0; i < t.steps(); ++i) {
      const Value data = trace.store(trace.evaluate(x, t[i]).data);
      const double h = t.log_snr_step(i), scaled = (1 + eta) * h;
      const double kept = eta > 0 ? std::exp(-eta * h) : 1;  // h is infinite at zero noise
      Value next =
          t.sigma(i + 1) / t.sigma(i) * kept * x - t.alpha(i + 1) * std::expm1(-scaled) * data;
      if (i > 0 && t.evaluable(i + 1)) {
        const double r = t.log_snr_step(i - 1) / h;
        const double weight =
            solver == "midpoint" ? -0.5 * std::expm1(-scaled) : std::expm1(-scaled) / scaled + 1;
        next += t.alpha(i + 1) * weight / r * (data - previous);
      }
      if (eta > 0 && t.evaluable(i + 1))
        next += t.sigma(i + 1) * std::sqrt(-std::expm1(-2 * eta * h)) * s_noise *
                trace.noise(t[i], t[i + 1]);
      x = trace.node(next, t[i + 1]);
      previous = data;
    }
    return x;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(dpmpp_2m_sde, DpmPp2MSde, "SDE-DPM-Solver++(2M) (Lu et al. 2022b, section 5.2)",
                  {.order = 1, .slots = 1});
