#include "core/store/tensors.h"

#include "core/tensor.h"

namespace strang::store {

ElementType element_of(const at::Tensor& tensor) {
  return tensor.scalar_type() == at::kDouble ? ElementType::float64 : ElementType::float32;
}

ConstView view_of(const at::Tensor& packed) {
  return {element_of(packed), packed.const_data_ptr(), packed.numel()};
}

at::Tensor read_tensor(const Dataset& dataset, at::ScalarType type) {
  at::Tensor values = at::empty(dataset.shape(), type);
  dataset.read({element_of(values), values.mutable_data_ptr(), values.numel()});
  return values;
}

at::Tensor read_tensor(const Dataset& dataset) {
  return read_tensor(dataset, dataset.type_name() == "float64" ? at::kDouble : at::kFloat);
}

}  // namespace strang::store
