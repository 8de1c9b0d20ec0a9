#pragma once

#include "analysis/run_set.h"
#include "analysis/text_table.h"

namespace strang::analysis {

// Tables of runs; the first columns are the keys that set them apart.

// One row a run. Of each norm the root mean square over samples with its bootstrap interval; of the
// first one also the median and the 95th percentile over samples, and the reference's own error. Of
// the first extractor the Frechet distance with its interval and n, and at infinitely many samples.
TextTable make_run_table(const RunSet& set);

// One row for each run and norm: mean and root mean square over samples with their intervals,
// median, 95th percentile, the reference's own error, and a note.
TextTable make_error_table(const RunSet& set);

// The same root mean squares at every node of the grid, from the errors of each sample in the
// files.
TextTable make_node_table(const RunSet& set);

// The order of convergence (analysis/order.h) of every group of runs that differ in `steps` alone,
// by norm. Throws UsageError where there are no two such runs.
TextTable make_order_table(const RunSet& set);

// One row for each run and test function; one for each run that has a decomposition.
TextTable make_weak_table(const RunSet& set);
TextTable make_parts_table(const RunSet& set);
bool has_weak(const RunSet& set);
bool has_parts(const RunSet& set);

}  // namespace strang::analysis
