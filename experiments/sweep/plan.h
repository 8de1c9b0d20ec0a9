#pragma once

#include <string>
#include <vector>

#include "experiments/shards.h"
#include "experiments/sweep/cells.h"
#include "experiments/sweep/launcher_options.h"

namespace strang {

// One cell of a planned sweep.
struct Cell {
  std::size_t number = 0;  // from 0, without gaps
  std::vector<std::string> overrides;
  std::string label;
  std::string job;        // job_hash of the composed configuration; empty where it is wrong
  std::string reference;  // hash (experiments/reference.h); empty: none
  double reference_nfe = 0;
  std::vector<double> times;
  int steps = 0;
  double nfe = 0;  // by the integrator's declared cost; of one attempt where it is adaptive
  std::vector<SampleRange> shards;  // more than one where processes share it by its samples
  std::string error;                // what is wrong with the configuration of this cell
};

struct SweepPlan {
  bool is_sweep = false;
  // From the spec without the values that are swept over:
  std::string output;  // folder of the results
  LauncherOptions launcher;
  std::vector<Cell> cells;
  std::vector<std::string> notes;  // duplicates, cells that the condition leaves out

  std::size_t jobs() const;  // that processes can share: cells, or their shards
};

// Composes and checks every cell, leaves out those that `sweep.where` excludes and those whose job
// is another one's, and numbers the others. The same line with the same configurations gives the
// same plan. A mistake that all cells share is a UsageError; one of some cells is kept with them.
SweepPlan plan_sweep(const Composer& composer, const CommandLine& line, const Registry& registry);

}  // namespace strang
