#include "experiments/tensor_store.h"

#include "core/tensor.h"

namespace strang {

store::ElementType element_of(const at::Tensor& tensor) {
  return tensor.scalar_type() == at::kDouble ? store::ElementType::float64
                                             : store::ElementType::float32;
}

store::ConstView view_of(const at::Tensor& packed) {
  return {element_of(packed), packed.const_data_ptr(), packed.numel()};
}

at::Tensor read_tensor(const store::Dataset& dataset) {
  at::Tensor values =
      at::empty(dataset.shape(), dataset.type_name() == "float64" ? at::kDouble : at::kFloat);
  dataset.read({element_of(values), values.mutable_data_ptr(), values.numel()});
  return values;
}

}  // namespace strang
