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
  double nfe = 0;  // network evaluations for each sample
  std::vector<ErrorSummary> errors;
  std::string note;  // why there are no errors, or what failed
  double seconds = 0;
  std::string path;
  bool failed = false;
};

// One row a run. Of each norm the root mean square over samples with its bootstrap interval; of the
// first one also the median and the 95th percentile over samples, and the reference's own error.
analysis::TextTable make_table(const std::vector<RunSummary>& runs);

}  // namespace strang
