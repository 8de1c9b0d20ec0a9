#pragma once

#include "core/options.h"
#include "core/sampling/grid.h"
#include "core/sampling/integrator.h"
#include "core/sampling/tracer.h"

namespace strang {

// The noise that EDM's stochastic sampler adds before a step (Karras et al. 2022, algorithm 2,
// lines 4 to 6): the noise level sigma / alpha is raised by a factor 1 + gamma, gamma = min(s_churn
// / N, sqrt(2) - 1) within [s_min, s_max].
struct Churn {
  double s_churn = 0;
  double s_min = 0;
  double s_max = 1e300;
  double s_noise = 1;

  void fields(OptionVisitor& v);
  IntegratorTraits traits(IntegratorTraits declared) const;
  // Raises the state u at t[i] to a higher noise level; returns the time there (t[i] when nothing
  // is added).
  double raise(Tracer& trace, Value& u, const Grid& t, int i) const;
};

}  // namespace strang
