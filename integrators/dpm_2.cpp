// DPM-Solver-2 as in k-diffusion's `sample_dpm_2` (Karras et al. 2022, algorithm 2 with the step of
// Lu et al. 2022a): the midpoint rule in sigma / alpha whose middle is geometric, after an optional
// churn. A step that ends at zero noise is Euler's. Any (alpha, sigma).

#include <cmath>

#include "core/plugin.h"
#include "integrators/common/churn.h"
#include "integrators/common/transfer.h"

namespace strang {
namespace {

struct Dpm2 {
  Churn churn;
  void fields(OptionVisitor& v) { churn.fields(v); }

  IntegratorTraits traits(IntegratorTraits declared) const { return churn.traits(declared); }

  Value trace(Tracer& trace, Value x, const Grid& t) const {
    const Process& process = trace.process();
    for (int i = 0; i < t.steps(); ++i) {
      const double t_hat = churn.raise(trace, x, t, i);
      Value d = trace.evaluate(x, t_hat).noise;
      if (t.evaluable(i + 1)) {
        const double middle = process.time_at_noise_level(
            std::sqrt(noise_level(process, t_hat) * noise_level(process, t[i + 1])));
        Value trial = transfer(process, x, d, t_hat, middle);
        d = trace.evaluate(trial, middle).noise;
      }
      x = trace.node(transfer(process, x, d, t_hat, t[i + 1]), t[i + 1]);
    }
    return x;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(dpm_2, Dpm2, "midpoint rule in log sigma with churn (k-diffusion sample_dpm_2)",
                  {.order = 2, .slots = 1, .evaluations = 2, .last_evaluations = 1});
