#pragma once

#include <cstdint>
#include <span>

#include "core/program/block.h"

namespace strang {

enum class Real { float32, float64 };

// One operand of a combination: coefficient * (factors[row]) * data, an array [rows, slots,
// elements].
struct Operand {
  const void* data = nullptr;
  Real type = Real::float64;
  Block coefficient;
  const double* factors = nullptr;  // one number for each row; null: 1
};

struct Extent {
  std::int64_t rows = 0;
  std::int64_t slots = 1;
  std::int64_t elements = 0;  // of one slot of one row
};

// out = sum of the operands, in one pass over memory. Each element is added up in double, in the
// order of the operands and without fused multiply-adds, and rounded once: the bits do not depend
// on the processor, on threads or on the other rows. Zero coefficients add nothing. `out` may be
// one of the operands. Returns whether every result is finite.
bool combine(const Extent& extent, std::span<const Operand> operands, void* out, Real out_type);

// Whether n numbers are all finite.
bool all_finite(const void* data, Real type, std::int64_t n);

constexpr std::int64_t size_of(Real type) { return type == Real::float64 ? 8 : 4; }

// out[row] = a[row] where mask[row] != 0, else b[row]; all of one type.
void select_rows(const Extent& extent, Real type, const double* mask, const void* a, const void* b,
                 void* out);

}  // namespace strang
