#pragma once

#include <string>
#include <vector>

#include "core/program/program.h"
#include "core/sampling/field.h"
#include "core/sampling/grid.h"
#include "core/sampling/integrator.h"

namespace strang {

struct SamplerOptions {
  std::string denoise = "none";  // none | sde_drift | ode_drift
  bool record_evaluations = false;
};

// Traces a whole run: the start as node 0, the integrator over the grid, and the denoising step, an
// Euler step from the last time to t = 0 along the drift of the reverse SDE (F u - G G^T score) or
// of the probability-flow ODE.
Program trace_sampler(const Integrator& integrator, const Field& field, const Grid& grid,
                      const SamplerOptions& options = {});

// Traces a reference on a fine grid whose nodes are the wanted times, in their order. A time
// between two nodes is reached from the earlier one by one step of the integrator.
Program trace_reference(const Integrator& integrator, const Field& field, const Grid& fine,
                        const std::vector<double>& wanted);

}  // namespace strang
