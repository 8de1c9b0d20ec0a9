#pragma once

#include <cstdint>

#include "core/instruction_clones.h"

// Arithmetic on 64 bytes of numbers at once, one for each row or column that is worked on together.
// Every lane does what a scalar would, so a result does not depend on its neighbours. All functions
// are inlined: no vector is passed by a calling convention.
namespace strang::lanes {

constexpr int doubles = 8;
constexpr int floats = 16;
// What vectors in memory need. alignof says less where the target has no such registers.
constexpr int alignment = 64;
using Double = double __attribute__((vector_size(64)));
using Float = float __attribute__((vector_size(64)));
using Int64 = std::int64_t __attribute__((vector_size(64)));
using Uint64 = std::uint64_t __attribute__((vector_size(64)));
using Int32 = std::int32_t __attribute__((vector_size(64)));

[[gnu::always_inline]] inline Double maximum(Double a, Double b) { return a > b ? a : b; }
[[gnu::always_inline]] inline Float maximum(Float a, Float b) { return a > b ? a : b; }

// exp(x) for x <= 0 to 1.5 ulp; below -708 (float: -87) it is exp(-708) (exp(-87)), next to
// nothing. x = n ln 2 + r with |r| <= ln(2) / 2, exp(r) by its Taylor polynomial, and n is added to
// the exponent: adding 1.5 * 2^52 (2^23) to x / ln 2 rounds it, and leaves n in the low bits.
[[gnu::always_inline]] inline Double exponential(Double x) {
  x = maximum(x, Double{} - 708.0);
  const Double shifted = x * 1.4426950408889634 + 0x1.8p52;
  const Double n = shifted - 0x1.8p52;
  const Double r = (x - n * 0x1.62e42fefa38p-1) - n * 0x1.ef35793c7673p-45;
  Double sum = r * (1.0 / 6227020800) + 1.0 / 479001600;
  sum = sum * r + 1.0 / 39916800;
  sum = sum * r + 1.0 / 3628800;
  sum = sum * r + 1.0 / 362880;
  sum = sum * r + 1.0 / 40320;
  sum = sum * r + 1.0 / 5040;
  sum = sum * r + 1.0 / 720;
  sum = sum * r + 1.0 / 120;
  sum = sum * r + 1.0 / 24;
  sum = sum * r + 1.0 / 6;
  sum = sum * r + 0.5;
  sum = (sum * r) * r + r + 1.0;
  return (Double)((Int64)sum + ((Int64)shifted << 52));
}

[[gnu::always_inline]] inline Float exponential(Float x) {
  x = maximum(x, Float{} - 87.0f);
  const Float shifted = x * 1.44269504f + 0x1.8p23f;
  const Float n = shifted - 0x1.8p23f;
  const Float r = (x - n * 0x1.62e4p-1f) - n * 0x1.7f7d1cp-20f;
  Float sum = r * (1.0f / 5040) + 1.0f / 720;
  sum = sum * r + 1.0f / 120;
  sum = sum * r + 1.0f / 24;
  sum = sum * r + 1.0f / 6;
  sum = sum * r + 0.5f;
  sum = (sum * r) * r + r + 1.0f;
  return (Float)((Int32)sum + ((Int32)shifted << 23));
}

}  // namespace strang::lanes
