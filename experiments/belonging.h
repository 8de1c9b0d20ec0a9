#pragma once

#include "experiments/experiment.h"

namespace strang {

// Coefficients belong to one process, model (guidance and precision included) and base integrator.
// Throws UsageError, naming the first difference, when the spec's `integrator: program` or
// `optimizer: file` names a file that was made for another process or model; `file` also for
// another base. The grid is compared where the program is traced.
void require_belonging(const Experiment& experiment);

}  // namespace strang
