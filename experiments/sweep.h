#pragma once

#include <string>
#include <vector>

#include "experiments/command_line.h"

namespace strang {

// One cell of a sweep: all its overrides, and those that set it apart from the others.
struct SweepJob {
  std::vector<std::string> overrides;
  std::string label;
};

// The jobs of a command line: the combinations of the values that the spec's `sweep` and the
// overrides give, in Hydra's order. One job without a label when there is nothing to sweep over.
// Throws UsageError for several values without -m.
std::vector<SweepJob> plan_jobs(const Composer& composer, const CommandLine& line);

}  // namespace strang
