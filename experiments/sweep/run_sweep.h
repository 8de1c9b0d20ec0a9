#pragma once

#include "experiments/sweep/folder.h"

namespace strang {

// Runs a planned sweep in its folder and prints its table; the exit status: 0, or 1 where a cell
// failed.
int run_sweep(const SweepFolder& folder, const SweepPlan& plan, const CommandLine& line,
              const Composer& composer, const Registry& registry);

// The same for the sweep of a folder, as it was started (`--resume`). The flags --force, --dry-run
// and --reference-cache are those of `line`.
int resume_sweep(const SweepFolder& folder, const CommandLine& line, Registry& registry);

}  // namespace strang
