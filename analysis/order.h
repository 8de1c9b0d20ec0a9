#pragma once

#include <span>
#include <vector>

#include "analysis/interval.h"

namespace strang::analysis {

// The order of convergence, from the errors of the same samples on several grids.
struct Order {
  Measured order;                 // with its 95 % bootstrap interval over samples
  std::vector<Measured> between;  // neighbouring grids: [grid - 1]
};

// Fits log(rms error) = c - order log(steps) by least squares. errors[grid] holds the errors of all
// samples, > 0 in root mean square; the same samples are redrawn on every grid, so that what they
// have in common does not widen the interval. Throws Error unless there are two or more grids with
// different steps and equally many samples.
Order fit_order(std::span<const int> steps, const std::vector<std::vector<double>>& errors);

}  // namespace strang::analysis
