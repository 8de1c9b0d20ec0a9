#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <type_traits>

#include "core/program/combine.h"
#include "core/program/host_device.h"
#include "core/program/normal.h"
#include "core/program/program.h"

// What every device computes for one element, one row or one lane: the definition of a program's
// arithmetic, and the bodies of the CUDA kernels. The host's kernels do the same faster.
namespace strang::element {

// The exponent bits, all ones in infinities and NaNs alone.
template <class T>
using Bits = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
template <class T>
constexpr Bits<T> exponent_mask = sizeof(T) == 8 ? 0x7ff0000000000000ull : 0x7f800000u;

template <class T>
constexpr bool is_finite(T x) {
  constexpr Bits<T> mask = exponent_mask<T>;
  return (std::bit_cast<Bits<T>>(x) & mask) != mask;
}

STRANG_HOST_DEVICE inline double load(const void* data, Real type, std::int64_t i) {
  return type == Real::float64 ? static_cast<const double*>(data)[i]
                               : static_cast<const float*>(data)[i];
}

// Rounds x to the type; returns whether the result is finite.
STRANG_HOST_DEVICE inline bool store(void* data, Real type, std::int64_t i, double x) {
  if (type == Real::float64) {
    static_cast<double*>(data)[i] = x;
    return is_finite(x);
  }
  const float rounded = static_cast<float>(x);
  static_cast<float*>(data)[i] = rounded;
  return is_finite(rounded);
}

// ---- combine.h ----

// A combination, or the part of one with few enough operands for a kernel's arguments.
struct Sum {
  static constexpr int max_operands = 32;

  Extent extent;
  int count = 0;
  Operand operands[max_operands];
  bool empty[Block::max_slots] = {};  // slots to which no operand of any part adds anything
  const double* before = nullptr;     // sums of earlier parts; null: this is the first
  double* after = nullptr;            // where the sums go; null: this is the last, `out` is written
  void* out = nullptr;
  Real out_type = Real::float64;
};

// Whether no operand adds anything to a slot: it is zero then.
inline bool is_empty(std::span<const Operand> operands, int slot) {
  for (const Operand& operand : operands)
    for (int c = 0; c < operand.coefficient.slots(); ++c)
      if (operand.coefficient(slot, c) != 0) return false;
  return true;
}

// All slots of element i of a row: they are formed before any is written, because `out` may be
// read. Returns whether the results are finite.
STRANG_HOST_DEVICE inline bool combine(const Sum& s, std::int64_t row, std::int64_t i) {
  const auto at = [&](int slot) { return (row * s.extent.slots + slot) * s.extent.elements + i; };
  double sums[Block::max_slots];
  for (int r = 0; r < s.extent.slots; ++r) {
    sums[r] = s.before == nullptr ? -0.0 : s.before[at(r)];  // adding to -0 changes no number
    for (int m = 0; m < s.count; ++m) {
      const Operand& operand = s.operands[m];
      const double factor = operand.factors == nullptr ? 1.0 : operand.factors[row];
      for (int c = 0; c < s.extent.slots; ++c)
        if (operand.coefficient(r, c) != 0)
          sums[r] += factor * operand.coefficient(r, c) * load(operand.data, operand.type, at(c));
    }
  }
  bool finite = true;
  for (int r = 0; r < s.extent.slots; ++r) {
    if (s.after != nullptr)
      s.after[at(r)] = sums[r];
    else
      finite &= store(s.out, s.out_type, at(r), s.empty[r] ? 0.0 : sums[r]);
  }
  return finite;
}

// ---- Scalar instructions ----

// e^x for |x| <= 700: x = n ln 2 + r with |r| <= ln(2) / 2, e^r by its Taylor polynomial.
constexpr double exponential(double x) {
  const double turns = x * 1.4426950408889634;
  const auto n = static_cast<std::int64_t>(turns < 0 ? turns - 0.5 : turns + 0.5);
  const double whole = static_cast<double>(n);
  const double r = (x - whole * 0x1.62e42fefa38p-1) - whole * 0x1.ef35793c7673p-45;
  double sum = 1;
  for (int k = 14; k >= 1; --k) sum = 1 + sum * r / k;
  return sum * std::bit_cast<double>(static_cast<std::uint64_t>(n + 1023) << 52);
}

// base^exponent; small whole exponents by products, others to 1e-16 (2 + |exponent ln(base)|). The
// library's pow differs between devices in the last bit: it serves the cases whose result is exact
// (of 0, infinity, NaN) or far out.
STRANG_HOST_DEVICE inline double power(double base, double exponent) {
  if (exponent >= -8 && exponent <= 8 && exponent == static_cast<int>(exponent)) {
    double product = 1;
    for (int k = 0; k < std::abs(static_cast<int>(exponent)); ++k) product *= base;
    return exponent < 0 ? 1 / product : product;
  }
  if (base >= 0x1p-1022 && is_finite(base)) {
    const double x = exponent * normal::log(base);
    if (x >= -700 && x <= 700) return exponential(x);
  }
  return std::pow(base, exponent);
}

STRANG_HOST_DEVICE inline double scalar(Compute::Function function, double a, double b, double c) {
  using Function = Compute::Function;
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
      return power(a, b);
    case Function::minimum:
      return b < a ? b : a;
    case Function::maximum:
      return a < b ? b : a;
    case Function::less:
      return a < b ? 1 : 0;
    case Function::less_equal:
      return a <= b ? 1 : 0;
    case Function::select:
      return a != 0 ? b : c;
  }
  return 0;
}

// One instruction on one row; register k is registers[k * rows, (k + 1) * rows).
STRANG_HOST_DEVICE inline void compute(const Compute& op, double* registers, std::int64_t rows,
                                       std::int64_t row) {
  const auto value = [&](const Compute::Operand& operand) {
    return operand.id == none ? operand.literal : registers[operand.id * rows + row];
  };
  registers[op.out * rows + row] = scalar(op.function, value(op.a), value(op.b), value(op.c));
}

// ---- Reductions ----

// The summands of a row are dealt to this many lanes in turn; the lanes' sums are then added by
// halves. So the order of additions is fixed, and a warp can follow it.
constexpr int lanes = 32;

// Arrays that a reduction reads; b and c may be absent.
struct Reduced {
  struct Array {
    const void* data = nullptr;
    Real type = Real::float64;
  };
  Array a, b, c;
};

STRANG_HOST_DEVICE inline double summand(const Reduce& op, const Reduced& from, std::int64_t i) {
  const auto at = [&](const Reduced::Array& array) { return load(array.data, array.type, i); };
  const double a = at(from.a);
  if (op.kind == Reduce::Kind::norm) return a * a;
  if (op.kind == Reduce::Kind::dot) return a * at(from.b);
  const double b = std::abs(at(from.b)), c = std::abs(at(from.c));
  const double ratio = a / (op.absolute + op.relative * (b < c ? c : b));
  return ratio * ratio;
}

// What a lane adds up of a row of `size` elements.
STRANG_HOST_DEVICE inline double lane_sum(const Reduce& op, const Reduced& from, std::int64_t row,
                                          std::int64_t size, int lane) {
  double sum = 0;
  for (std::int64_t i = lane; i < size; i += lanes) sum += summand(op, from, row * size + i);
  return sum;
}

// The result from the sum of `count` summands.
STRANG_HOST_DEVICE inline double finish(const Reduce& op, double sum, std::int64_t count) {
  if (op.kind == Reduce::Kind::norm) return std::sqrt(sum);
  if (op.kind == Reduce::Kind::dot) return sum;
  return std::sqrt(sum / static_cast<double>(count));
}

// From the sums of single rows to the one result of all valid rows.
STRANG_HOST_DEVICE inline double finish_batch(const Reduce& op, const double* sums,
                                              std::int64_t valid, std::int64_t size) {
  double total = 0;
  for (std::int64_t row = 0; row < valid; ++row) total += sums[row];
  return finish(op, total, size * valid);
}

}  // namespace strang::element
