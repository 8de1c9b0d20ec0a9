#pragma once

#include <utility>

#include "core/tensor.h"

namespace strang {

// Data in memory: values float32 [n, event...] within [low, high]; labels int64 [n], or undefined.
struct Samples {
  at::Tensor values;
  at::Tensor labels;
  double low = -1, high = 1;
};

// A finite dataset.
class Dataset {
 public:
  virtual ~Dataset() = default;
  // Throws UsageError when files are missing or malformed, naming the option to set.
  virtual Samples load() const = 0;
};

}  // namespace strang
