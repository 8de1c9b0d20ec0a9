#include "core/program/registers.h"

#include <algorithm>
#include <cmath>

#include "core/tensor.h"

namespace strang {
namespace {

using Function = Compute::Function;

double apply(Function function, double a, double b, double c) {
  switch (function) {
    case Function::add:
      return a + b;
    case Function::subtract:
      return a - b;
    case Function::multiply:
      return a * b;
    case Function::divide:
      return a / b;
    case Function::sqrt:
      return std::sqrt(a);
    case Function::abs:
      return std::abs(a);
    case Function::power:
      return std::pow(a, b);
    case Function::minimum:
      return std::min(a, b);
    case Function::maximum:
      return std::max(a, b);
    case Function::less:
      return a < b ? 1 : 0;
    case Function::less_equal:
      return a <= b ? 1 : 0;
    case Function::select:
      return a != 0 ? b : c;
  }
  return 0;
}

// The elements of a row as doubles, whatever their type.
class Row {
 public:
  Row(const at::Tensor& tensor, std::int64_t row) {
    if (!tensor.defined()) return;
    const std::int64_t size = tensor.numel() / tensor.size(0);
    if (tensor.scalar_type() == at::kDouble)
      wide_ = tensor.const_data_ptr<double>() + row * size;
    else
      narrow_ = tensor.const_data_ptr<float>() + row * size;
  }
  double operator[](std::int64_t i) const { return wide_ != nullptr ? wide_[i] : narrow_[i]; }

 private:
  const double* wide_ = nullptr;
  const float* narrow_ = nullptr;
};

double term(const Reduce& op, const Row& a, const Row& b, const Row& c, std::int64_t i) {
  switch (op.kind) {
    case Reduce::Kind::norm:
      return a[i] * a[i];
    case Reduce::Kind::dot:
      return a[i] * b[i];
    case Reduce::Kind::scaled_rms:
      break;
  }
  const double scale = op.absolute + op.relative * std::max(std::abs(b[i]), std::abs(c[i]));
  const double ratio = a[i] / scale;
  return ratio * ratio;
}

double finish(const Reduce& op, double sum, std::int64_t count) {
  if (op.kind == Reduce::Kind::norm) return std::sqrt(sum);
  if (op.kind == Reduce::Kind::dot) return sum;
  return std::sqrt(sum / static_cast<double>(count));
}

}  // namespace

void Registers::copy(RegisterId from, RegisterId to) { std::copy_n(at(from), rows_, at(to)); }

void Registers::copy_all(const std::vector<Loop::Carried<RegisterId>>& carried) {
  next_.resize(carried.size() * rows_);
  double* next = next_.data();
  for (const auto& c : carried) next = std::copy_n(at(c.next), rows_, next);
  const double* from = next_.data();
  for (const auto& c : carried) {
    std::copy_n(from, rows_, at(c.id));
    from += rows_;
  }
}

void Registers::compute(const Compute& op) {
  const auto value = [&](const Compute::Operand& operand, std::int64_t row) {
    return operand.id == none ? operand.literal : at(operand.id)[row];
  };
  double* out = at(op.out);
  for (std::int64_t row = 0; row < rows_; ++row)
    out[row] = apply(op.function, value(op.a, row), value(op.b, row), value(op.c, row));
}

void Registers::reduce(const Reduce& op, const at::Tensor& a, const at::Tensor& b,
                       const at::Tensor& c, Rows valid) {
  const std::int64_t size = a.numel() / a.size(0);
  double* out = at(op.out);
  double total = 0;
  for (std::int64_t row = 0; row < rows_; ++row) {
    const Row row_a(a, row), row_b(b, row), row_c(c, row);
    double sum = 0;
    for (std::int64_t i = 0; i < size; ++i) sum += term(op, row_a, row_b, row_c, i);
    out[row] = finish(op, sum, size);
    if (row < valid.valid) total += sum;
  }
  if (op.across_batch) std::fill_n(out, rows_, finish(op, total, size * valid.valid));
}

}  // namespace strang
