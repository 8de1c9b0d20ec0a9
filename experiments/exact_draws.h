#pragma once

#include "core/program/executor.h"
#include "core/sampling/grid.h"
#include "core/sampling/model.h"
#include "experiments/spec.h"

namespace strang {

// Initial states from the exact marginal at the first time of the grid instead of the prior: E data
// + L noise, with the same normal draws that the prior is made of, and data drawn from the law of
// the model, which must know it. Row i is a function of the seed and i alone.
Executor::Initial make_exact_initial(const Spec& spec, const Grid& grid, const Model& model);

}  // namespace strang
