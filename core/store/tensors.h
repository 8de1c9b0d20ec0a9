#pragma once

#include "core/store/dataset.h"
#include "core/tensor_forward.h"

namespace strang::store {

// Memory of a packed tensor of float32 or float64, for what writes to a file.
ConstView view_of(const at::Tensor& packed);
ElementType element_of(const at::Tensor& tensor);

// A dataset as float32 or float64; without a type as it is stored: float64, or else float32.
at::Tensor read_tensor(const Dataset& dataset, at::ScalarType type);
at::Tensor read_tensor(const Dataset& dataset);

}  // namespace strang::store
