#include "core/program/linear_operator.h"

#include <ATen/ops/fft_fft2.h>
#include <ATen/ops/fft_ifft2.h>

#include "core/error.h"
#include "core/tensor.h"

namespace strang {

std::string_view name_of(LinearOperator::Kind kind) {
  return kind == LinearOperator::Kind::mask ? "mask" : "fourier";
}

void apply(const LinearOperator& op, const at::Tensor& in, const at::Tensor& out) {
  const std::vector<std::int64_t> event(in.sizes().begin() + 2, in.sizes().end());
  ensure(event == op.shape, "a {} operator for events of shape [{}] was applied to [{}]",
         name_of(op.kind), fmt::join(op.shape, ", "), fmt::join(event, ", "));
  const at::Tensor gains =
      at::from_blob(const_cast<double*>(op.gains.data()), op.shape, at::kDouble).to(in.options());
  if (op.kind == LinearOperator::Kind::mask) {
    out.copy_(in * gains);
    return;
  }
  out.copy_(at::real(at::fft_ifft2(at::fft_fft2(in) * gains)));
}

}  // namespace strang
