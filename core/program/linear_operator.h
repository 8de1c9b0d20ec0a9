#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/tensor_forward.h"

namespace strang {

// A linear operator on the event axes of a state that is no block: a gain for each element (known
// pixels, coefficient arrays), or a gain for each frequency of the last two axes.
struct LinearOperator {
  enum class Kind { mask, fourier };

  Kind kind = Kind::mask;
  std::vector<std::int64_t> shape;  // the event's shape
  std::vector<double> gains;        // one for each element; fourier: unshifted, DC at [0, 0]
};

std::string_view name_of(LinearOperator::Kind kind);

// out = op(in) for every sample and slot. `in` and `out` are [batch, slot, event...]; they may be
// the same. Fourier gains multiply fft2 over the last two axes (forward unscaled, inverse by 1 / (H
// W)) and the real part is kept. Throws Error when the event's shape is not the operator's.
void apply(const LinearOperator& op, const at::Tensor& in, const at::Tensor& out);

// The same, with gains that are ready: in memory beside a state and in its type.
at::Tensor gains_beside(const LinearOperator& op, const at::Tensor& state);
void apply(const LinearOperator& op, const at::Tensor& gains, const at::Tensor& in,
           const at::Tensor& out);

}  // namespace strang
