#include "core/program/linear_operator.h"

#include <ATen/ops/fft_fft2.h>
#include <ATen/ops/fft_ifft2.h>

#include "core/error.h"
#include "core/tensor.h"

namespace strang {

std::string_view name_of(LinearOperator::Kind kind) {
  return kind == LinearOperator::Kind::mask ? "mask" : "fourier";
}

at::Tensor gains_beside(const LinearOperator& op, const at::Tensor& state) {
  const std::vector<std::int64_t> event(state.sizes().begin() + 2, state.sizes().end());
  ensure(event == op.shape, "a {} operator for events of shape [{}] was applied to [{}]",
         name_of(op.kind), fmt::join(op.shape, ", "), fmt::join(event, ", "));
  return at::from_blob(const_cast<double*>(op.gains.data()), op.shape, at::kDouble)
      .to(state.options());
}

void apply(const LinearOperator& op, const at::Tensor& in, const at::Tensor& out) {
  apply(op, gains_beside(op, out), in, out);
}

void apply(const LinearOperator& op, const at::Tensor& gains, const at::Tensor& in,
           const at::Tensor& out) {
  if (op.kind == LinearOperator::Kind::mask)
    out.copy_(in * gains);
  else
    out.copy_(at::real(at::fft_ifft2(at::fft_fft2(in) * gains)));
}

}  // namespace strang
