#pragma once

#include "experiments/experiment.h"

namespace strang {

// Coefficients belong to one process, model (guidance included), rule for labels, type of state and
// base integrator. Throws UsageError, naming the first difference, when the spec's `integrator:
// program` or `optimizer: file` names a file that was made for another process, model, labels or
// dtype; `file` also for another base. The grid is compared where the program is traced.
void require_belonging(const Experiment& experiment);

}  // namespace strang
