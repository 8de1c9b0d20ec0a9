#pragma once

#include "core/store/dataset.h"
#include "core/tensor_forward.h"

namespace strang {

// Memory of a packed tensor of float32 or float64, for what writes to a file.
store::ConstView view_of(const at::Tensor& packed);
store::ElementType element_of(const at::Tensor& tensor);

// A dataset as it is stored: float64, or else float32.
at::Tensor read_tensor(const store::Dataset& dataset);

}  // namespace strang
