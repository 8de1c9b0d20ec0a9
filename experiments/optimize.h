#pragma once

#include "experiments/experiment.h"

namespace strang {

// Runs the optimizer of the experiment, if there is one, and gives the experiment its grid and its
// program. Draws of a fit are of a domain of their own: they are independent of the run's.
void optimize(Experiment& experiment);

}  // namespace strang
