#pragma once

#include <bit>
#include <cstdint>

// Box-Muller by polynomials in plain double arithmetic. The system's log and sin differ between
// libraries and devices in the last bit; sums and products do not, as long as they are not
// contracted.
namespace strang::normal {

struct Pair {
  double first, second;
};

// The series below serve numbers and vectors of numbers (lanes.h), which so have the same bits.

// sum_k z^k / (2 k + 1) to k = 10: artanh(s) / s for z = s^2.
template <class Real>
[[gnu::always_inline]] constexpr Real artanh_series(Real z) {
  Real sum = z * (1.0 / 21) + 1.0 / 19;
  sum = sum * z + 1.0 / 17;
  sum = sum * z + 1.0 / 15;
  sum = sum * z + 1.0 / 13;
  sum = sum * z + 1.0 / 11;
  sum = sum * z + 1.0 / 9;
  sum = sum * z + 1.0 / 7;
  sum = sum * z + 1.0 / 5;
  sum = sum * z + 1.0 / 3;
  return sum * z + 1.0;
}

// cos(x) for z = x^2, |x| <= pi / 4.
template <class Real>
[[gnu::always_inline]] constexpr Real cosine_series(Real z) {
  Real c = z * (1.0 / 20922789888000) - 1.0 / 87178291200;
  c = c * z + 1.0 / 479001600;
  c = c * z - 1.0 / 3628800;
  c = c * z + 1.0 / 40320;
  c = c * z - 1.0 / 720;
  c = c * z + 1.0 / 24;
  c = c * z - 1.0 / 2;
  return c * z + 1.0;
}

// sin(x) / x for z = x^2, |x| <= pi / 4.
template <class Real>
[[gnu::always_inline]] constexpr Real sine_series(Real z) {
  Real s = z * (1.0 / 355687428096000) - 1.0 / 1307674368000;
  s = s * z + 1.0 / 6227020800;
  s = s * z - 1.0 / 39916800;
  s = s * z + 1.0 / 362880;
  s = s * z - 1.0 / 5040;
  s = s * z + 1.0 / 120;
  s = s * z - 1.0 / 6;
  return s * z + 1.0;
}

constexpr std::uint64_t sqrt_half_bits = 0x3fe6a09e667f3bcd;
constexpr double ln2_high = 0x1.62e42fefa38p-1, ln2_low = 0x1.ef35793c7673p-45;
constexpr double quarter_turn = 1.5707963267948966;

// ln(x) for normal x in (0, 1]. x = m 2^e with m in [1/sqrt2, sqrt2), and ln m = 2 artanh(s), s =
// (m - 1) / (m + 1): |s| < 0.172, so the series has fallen below 1e-17 after s^21.
constexpr double log(double x) {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  const std::int64_t exponent = static_cast<std::int64_t>(bits - sqrt_half_bits) >> 52;
  const double m = std::bit_cast<double>(bits - (static_cast<std::uint64_t>(exponent) << 52));
  const double s = (m - 1) / (m + 1);
  const double e = static_cast<double>(exponent);
  return e * ln2_high + (2 * s * artanh_series(s * s) + e * ln2_low);
}

// cos(2 pi u) and sin(2 pi u) for u in [0, 1). u is reduced to an eighth of a turn around the
// nearest quarter; the Taylor polynomials are exact to 1e-17 there.
constexpr Pair cos_sin_turn(double u) {
  const double quarters = 4 * u;
  const int nearest = static_cast<int>(quarters + 0.5);
  const double x = (quarters - nearest) * quarter_turn;
  const double c = cosine_series(x * x), s = sine_series(x * x) * x;
  const bool swap = (nearest & 1) != 0;
  const double cosine = swap ? s : c, sine = swap ? c : s;
  return {((nearest + 1) & 2) != 0 ? -cosine : cosine, (nearest & 2) != 0 ? -sine : sine};
}

// 64 random bits to (0, 1]: the midpoints and the end of a grid of 2^-53.
constexpr double open_zero(std::uint64_t bits) {
  return (static_cast<double>(bits >> 11) + 1) * 0x1p-53;
}

// 64 random bits to [0, 1).
constexpr double open_one(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

}  // namespace strang::normal
