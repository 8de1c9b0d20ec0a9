#pragma once

#include <functional>

#include "core/program/block.h"

namespace strang {

// What a conjugate integrator integrates: du/dt = drift u - weight (skip u + out eps), eps the
// network's output, in forward time. All are functions of time.
struct ConjugateField {
  std::function<Block(double)> drift, weight, skip, out;
  Block b;  // B, constant
};

// u' = linear u + output eps.
struct ConjugateStep {
  Block linear, output;
};

// One step of a conjugate integrator (Pandey et al. 2024, theorem 1) from time `from` down to `to`:
// Euler's method on A_t u with
//   dA/dt = A (B - drift + weight skip),   Phi_t = - integral of A weight out.
// In its local form only A_to^-1 A_s for s in [to, from] is needed, which stays of order one where
// A_1 is e^8: with P(s) = A_to^-1 A_s,
//   linear = P(from) (I - (from - to) B),   output = integral of P weight out over [to, from].
// P is propagated by the sixth-order Magnus expansion (Blanes et al. 2009, section 5.2) from one
// quadrature node to the next, exact where the coefficients at different times commute and vary
// linearly. Panels shrink geometrically towards t = 0, where `out` may diverge like t^-1/2.
// Relative error about 1e-14. `to` may be 0.
ConjugateStep conjugate_step(const ConjugateField& field, double from, double to);

// A_t with A_0 = I. Grows like e^(8 t) for usual phase-space processes: for reports, not for steps.
Block conjugate_matrix(const ConjugateField& field, double t);

}  // namespace strang
