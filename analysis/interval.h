#pragma once

namespace strang::analysis {

struct Interval {
  double low;
  double high;

  bool operator==(const Interval&) const = default;
};

// A number with its uncertainty.
struct Measured {
  double value;
  Interval interval;
};

}  // namespace strang::analysis
