// Euler-Maruyama on the reverse-time SDE du = [F u - G G^T score] dt + G dW of any linear process
// (Song et al. 2021b, eq. 6; Pandey & Mandt 2023, section 2). Weak and, for these additive noises,
// strong order one.

#include <cmath>

#include "core/plugin.h"

namespace strang {
namespace {

struct EulerMaruyama {
  void fields(OptionVisitor&) {}

  Value trace(Tracer& trace, Value u, const Grid& t) const {
    const Process& process = trace.process();
    for (int i = 0; i < t.steps(); ++i) {
      const double h = t[i + 1] - t[i];
      const Block f = process.drift(t[i]), g = process.diffusion(t[i]);
      const Value score = trace.evaluate(u, t[i]).score;
      const Value z = trace.noise(t[i], t[i + 1]);
      u = trace.node(u + h * (f * u - g * g.transpose() * score) + std::sqrt(-h) * g * z, t[i + 1]);
    }
    return u;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(euler_maruyama, EulerMaruyama,
                  "Euler-Maruyama on the reverse SDE (Song et al. 2021b, eq. 6)",
                  {.order = 1, .stochastic = true});
