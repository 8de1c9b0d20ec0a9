#pragma once

#include <vector>

#include "core/program/program.h"

namespace strang {

// What a program costs, counted from its operations; each attempt of an adaptive loop counts once.
struct Cost {
  int evaluations = 0;  // of the network, for each sample (NFE)
  int guidance = 0;     // guidance gradients
  int noise = 0;        // draws of a whole state
  int passes = 0;       // passes over memory: combines, filters, selects, reductions
  int buffers = 0;      // of the size of a state that are alive at once, evaluations included
  bool adaptive = false;
};

// Counted for float64 states and evaluations, without the log's records.
Cost count_cost(const Program& program);

// The same between each node and the next: one entry a step.
std::vector<Cost> count_steps(const Program& program);

}  // namespace strang
