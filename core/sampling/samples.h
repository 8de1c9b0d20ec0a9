#pragma once

#include "core/sampling/dataset.h"
#include "core/tensor.h"

namespace strang {

// Data in memory: values float32 [n, event...] within [low, high]; labels int64 [n], or undefined.
struct Samples {
  at::Tensor values;
  at::Tensor labels;
  double low = -1, high = 1;
};

}  // namespace strang
