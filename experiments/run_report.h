#pragma once

#include <vector>

#include "analysis/run_summary.h"

namespace strang {

// Prints the tables of some runs: one row each, then weak errors and decompositions where there
// are.
void print_summaries(const std::vector<analysis::RunSummary>& summaries);

}  // namespace strang
