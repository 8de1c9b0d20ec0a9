#pragma once

#include <string>
#include <vector>

#include "analysis/text_table.h"
#include "experiments/errors.h"

namespace strang {

// What is left of a run when its file is closed.
struct RunSummary {
  std::string label;  // what sets this run apart: its overrides in a sweep, else its name
  int steps = 0;
  double nfe = 0;     // network evaluations for each sample
  std::vector<ErrorSummary> errors;
  std::string note;   // why there are no errors, or what failed
  double seconds = 0;
  std::string path;
  bool failed = false;
};

// One row a run: errors are the root mean square over samples with its bootstrap interval, then quantiles over samples, then the
// reference's own error.
analysis::TextTable make_table(const std::vector<RunSummary>& runs);

}  // namespace strang
