#include "core/program/registers.h"

namespace strang {
namespace {

element::Reduced::Array array_of(const at::Tensor& tensor) {
  if (!tensor.defined()) return {};
  return {tensor.const_data_ptr(), real_of(tensor.scalar_type())};
}

}  // namespace

Registers::Registers(int count, std::int64_t rows, at::DeviceType device)
    : kernels_(kernels_on(device)),
      rows_(rows),
      memory_(at::zeros({2 * count, rows}, at::TensorOptions(at::kDouble).device(device))),
      values_(memory_.mutable_data_ptr<double>()),
      fetched_(device == at::kCPU ? 0 : count * rows) {}

std::span<const double> Registers::fetch(RegisterId id) {
  if (fetched_.empty()) return {at(id), static_cast<std::size_t>(rows_)};
  double* out = fetched_.data() + id * rows_;
  kernels_.fetch(at(id), out, rows_ * sizeof(double));
  return {out, static_cast<std::size_t>(rows_)};
}

void Registers::copy(RegisterId from, RegisterId to) {
  kernels_.copy(at(from), at(to), rows_ * sizeof(double));
}

void Registers::copy_all(const std::vector<Loop::Carried<RegisterId>>& carried) {
  const auto room = static_cast<RegisterId>(memory_.size(0) / 2);
  for (const auto& c : carried) copy(c.next, room + c.id);
  for (const auto& c : carried) copy(room + c.id, c.id);
}

void Registers::compute(std::span<const Compute> code) { kernels_.compute(code, values_, rows_); }

void Registers::reduce(const Reduce& op, const at::Tensor& a, const at::Tensor& b,
                       const at::Tensor& c, Rows valid) {
  kernels_.reduce(op, extent_of(a), {array_of(a), array_of(b), array_of(c)}, valid.valid,
                  at(op.out));
}

}  // namespace strang
