#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/config/node.h"

namespace strang::analysis {

// The spec that a run file holds. `where` is for messages.
config::Node parse_spec(const std::string& yaml, const std::string& where);

// The leaves of a tree by dotted path, in order: ("integrator.name", "heun"). Short lists are
// leaves.
std::vector<std::pair<std::string, std::string>> leaves(const config::Node& tree);

// A key whose values differ; "nothing" where it is missing.
struct KeyDifference {
  std::string key, a, b;
};
std::optional<KeyDifference> first_difference(const config::Node& a, const config::Node& b);

// What differs between two run files, one line for each level at which something does: the first
// configuration key, the code, the first operation of the program, the first time of the grid, the
// first node and sample of the trajectories, the first of the final samples, and the first error.
// Keys that say where and how a run was made (output, threads) do not count. Empty: the runs are
// the same.
std::vector<std::string> differences(const std::string& a, const std::string& b);

}  // namespace strang::analysis
