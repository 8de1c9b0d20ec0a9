#pragma once

#include <string>
#include <vector>

#include "experiments/command_line.h"

namespace strang {

// One cell of a sweep as overrides: all of them, and those that set it apart from the others.
struct CellLines {
  std::vector<std::string> overrides;
  std::string label;
};

// What a sweep runs over, before conditions and duplicates.
struct SweepLines {
  bool is_sweep = false;
  std::vector<CellLines> cells;  // one without a label when there is nothing to sweep over
  std::string where;             // condition (predicate.h); empty: none
};

// The cells of a command line and the spec's `sweep`:
//
//   sweep:
//     integrator: heun,ddim                     every combination, in Hydra's order
//     zip: {steps: [8, 16], seed: '1,2'}        values that go together; or a list of such maps
//     cells: [{steps: 3}, "a=1", [a=1, b=2]]    further cells, listed behind the product
//     where: steps > 4 or seed == 1
//
// Keys of the command line count more than those of the spec. Zipped keys vary faster than all
// others. Throws UsageError for several values without -m, and for zipped keys of different length.
SweepLines sweep_lines(const Composer& composer, const CommandLine& line);

}  // namespace strang
