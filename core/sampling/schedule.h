#pragma once

#include <vector>

#include "core/sampling/process.h"

namespace strang {

// A rule for the times of a grid.
class Schedule {
 public:
  virtual ~Schedule() = default;
  // steps + 1 strictly decreasing process times, from noise to data. Throws UsageError when the
  // schedule has no grid of that many steps on this process.
  virtual std::vector<double> times(const Process& process, int steps) const = 0;
};

}  // namespace strang
