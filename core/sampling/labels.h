#pragma once

#include <cstdint>

namespace strang {

// The classes of samples: per-sample data of a run, addressed by the sample's id, that no
// integrator sees.
class Labels {
 public:
  virtual ~Labels() = default;
  // In [0, classes of the model).
  virtual std::int64_t of(std::int64_t sample) const = 0;
};

}  // namespace strang
