#pragma once

#include <complex>
#include <vector>

#include "core/tensor.h"
#include "experiments/experiment.h"

namespace strang {

// One step of the run's integrator from the initial states at time t down to t - h, for several h.
struct StepStudy {
  double t = 0;
  std::vector<double> h;   // decreasing
  int order = 1;           // p: the local error is c h^(p + 1) + ...
  at::Tensor error;        // [h, sample, slot, event...]: the step's result less the exact one
  at::Tensor coefficient;  // [sample, slot, event...]: c, error / h^(p + 1) extrapolated to h = 0
  // Of the step as a linear map, largest modulus first, for each h; empty unless the step is linear
  // (Gaussian data).
  std::vector<std::vector<std::complex<double>>> eigenvalues;
  // Of K - B, K = G G^T (d score / du) / 2 at t: a conjugate step with this B multiplies
  // perturbations of A_t u by I + h (K - B) to first order (Pandey et al. 2024, theorem 2).
  // Smallest real part first; empty unless step.b is given.
  std::vector<std::complex<double>> frozen;

  // The largest h with |1 + h mu| <= 1 for all frozen eigenvalues mu; 0 where there is none.
  double stable_step() const;
};

// The exact result is that of the reference integrator in reference.steps steps. c is the value at
// h = 0 of the polynomial through error / h^(p + 1). Throws UsageError for stochastic and adaptive
// integrators, without a reference, and unless 0 < h < t.
StepStudy study_step(const Experiment& experiment, const Registry& registry);

}  // namespace strang
