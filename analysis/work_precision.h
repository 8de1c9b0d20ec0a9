#pragma once

#include "analysis/run_set.h"
#include "analysis/text_table.h"

namespace strang::analysis {

// Work against precision: runs in the order of their network evaluations and, at equal
// evaluations, of their error, with their rank there. The error is the root mean square of the
// first norm, or the Frechet distance where a run has no error. A note marks the front, the runs
// that no run with as few evaluations beats, and those whose interval overlaps that of the best
// run with as few evaluations. Throws UsageError when no run has either.
TextTable make_work_table(const RunSet& set);

}  // namespace strang::analysis
