#pragma once

#include <string>
#include <vector>

#include "experiments/command_line.h"
#include "experiments/reference.h"
#include "tests/processes/plugins.h"

namespace strang::test {

// A command line as `strang run <overrides>` has it, composed.
inline Composer composer_of(const CommandLine& line) {
  static Registry filled = [] {
    Registry all;
    register_integrators(all);
    register_models(all);
    return all;
  }();
  return Composer(line, filled);
}

// The composed configuration of `strang run <overrides>`.
inline config::Node compose_run(const std::vector<std::string>& overrides) {
  CommandLine line;
  line.overrides = overrides;
  return composer_of(line).resolved(overrides);
}

inline Experiment experiment(const std::vector<std::string>& overrides) {
  return build_experiment(compose_run(overrides), registry());
}

}  // namespace strang::test
