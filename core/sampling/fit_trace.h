#pragma once

#include <cstddef>
#include <vector>

#include "core/sampling/fit.h"

namespace strang {

// A step whose coefficients are to be found: when the first `position` operations have run, its
// features and the residual have been recorded ("feature" j, "residual").
struct FitPoint {
  FittedStep step;
  std::size_t position = 0;
};

struct FitProgram {
  Program program;
  std::vector<FitPoint> points;
};

// The integrator on the grid with free coefficients at the fitted steps; with targets and records
// for a fit, or the sampler alone (`points` then have no positions). Both number the free
// coefficients alike.
FitProgram trace_fit(const OptimizerTask& task, const FitOptions& options,
                     const Directions& directions, bool with_targets);

// Times of the substeps that the reference takes from grid[i] to grid[i + 1].
Grid refine(const Grid& grid, int i, int substeps, const std::string& spacing);

}  // namespace strang
