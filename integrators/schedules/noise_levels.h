#pragma once

#include <vector>

#include "core/sampling/process.h"

namespace strang {

// Process times at which sigma / alpha has the given values.
inline std::vector<double> times_at_noise_levels(const Process& process,
                                                 std::vector<double> levels) {
  for (double& level : levels) level = process.time_at_noise_level(level);
  return levels;
}

}  // namespace strang
