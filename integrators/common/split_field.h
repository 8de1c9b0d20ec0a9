#pragma once

#include "core/sampling/process.h"

namespace strang {

// A deterministic part of a sampler's equation in forward time: du = (drift u - weight score) dt.
struct LinearField {
  Block drift;
  Block weight;

  // The part that moves one slot alone: its row of both blocks.
  LinearField row(int slot) const;
};

// What is split into steps. With prior N(0, P) and reverse time tau = -t:
//   ode       the probability-flow ODE: drift F, weight G G^T / 2
//   langevin  what is left of the reverse SDE when the Ornstein-Uhlenbeck process
//             du = -G G^T P^-1 u / 2 dtau + G dw is split off: drift F - G G^T P^-1 / 2, weight G
//             G^T
//   residual  what is left when the time-reversed forward process
//             du = -(F + G G^T P^-1) u dtau + G dw is split off (Dockhorn et al. 2022,
//             section 3.4): drift -G G^T P^-1, weight G G^T
enum class Split { ode, langevin, residual };

LinearField field_at(const Process& process, Split split, double t);

// The exact solution of the Ornstein-Uhlenbeck process of `langevin` over [to, from], for diagonal
// G and P. The noise of slot 0 has variance P (1 - exp(-noise_scale y)), y the integral of G G^T
// P^-1, while its contraction stays exp(-y / 2): a scale other than 1 is the heuristic of Pandey et
// al. 2024. Throws UsageError when G or P is not diagonal.
Gaussian ornstein_uhlenbeck(const Process& process, double from, double to, double noise_scale);

// The exact solution of the time-reversed forward process of `residual` over [to, from]; `eps` is
// added to the variances. Throws UsageError unless the prior is stationary, up to a change of sign
// of the momenta.
Gaussian reversed_forward(const Process& process, double from, double to, double eps);

}  // namespace strang
