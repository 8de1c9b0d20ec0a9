#include "core/program/noise_key.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "core/program/draw.h"
#include "core/program/lanes.h"

namespace strang {
namespace {

using draw::high, draw::low;
using Philox = r123::Philox4x32;

// Folds one more word into a hash, by a block of Philox keyed with the hash so far.
std::uint64_t fold(std::uint64_t state, std::uint64_t word) {
  const Philox::ctr_type block =
      Philox()({{low(word), high(word), 0x5742u, 0x9a3fu}}, {{low(state), high(state)}});
  return (static_cast<std::uint64_t>(block[1]) << 32) | block[0];
}

// -0 and 0 are the same time.
std::uint64_t bits_of(double time) { return std::bit_cast<std::uint64_t>(time + 0.0); }

using lanes::Double, lanes::Int64, lanes::Uint64;

// The uniform numbers of draw.h for eight neighbouring blocks. Lanes hold 32-bit words, so that a
// product is the 64-bit one.
struct Uniforms {
  Double first, second;
};

// y in [0, 2^53) as a number: its halves become mantissas of 2^52 and 2^84 (in units of 2^32).
[[gnu::always_inline]] inline Double number_of(Uint64 y) {
  const Double high = (Double)((y >> 32) | 0x4330000000000000u) - 0x1p52;
  const Double low_part = (Double)((y & 0xffffffffu) | 0x4330000000000000u) - 0x1p52;
  return high * 0x1p32 + low_part;
}

// Philox 4x32-10 (Salmon et al. 2011) on counters (block, sample).
[[gnu::always_inline]] inline Uniforms uniforms(std::uint64_t key, std::uint64_t sample,
                                                Uint64 block) {
  constexpr std::uint64_t word = 0xffffffffu;
  Uint64 c0 = block & word, c1 = block >> 32;
  Uint64 c2 = Uint64{} + low(sample), c3 = Uint64{} + high(sample);
  std::uint32_t k0 = low(key), k1 = high(key);
  for (int round = 0; round < 10; ++round) {
    const Uint64 a = c0 * 0xd2511f53u, b = c2 * 0xcd9e8d57u;
    c0 = (b >> 32) ^ c1 ^ k0;
    c2 = (a >> 32) ^ c3 ^ k1;
    c1 = b & word;
    c3 = a & word;
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  const Uint64 first = ((c1 << 32) | c0) >> 11, second = ((c3 << 32) | c2) >> 11;
  return {(number_of(first) + 1.0) * 0x1p-53, number_of(second) * 0x1p-53};
}

// normal::log.
[[gnu::always_inline]] inline Double logarithm(Double x) {
  const Int64 bits = (Int64)x;
  const Int64 exponent = (bits - static_cast<std::int64_t>(normal::sqrt_half_bits)) >> 52;
  const Double m = (Double)(bits - (exponent << 52));
  const Double e = (Double)(exponent + 0x4338000000000000) - 0x1.8p52;
  const Double s = (m - 1.0) / (m + 1.0);
  return e * normal::ln2_high + (2.0 * s * normal::artanh_series(s * s) + e * normal::ln2_low);
}

struct Directions {
  Double cosine, sine;
};

// normal::cos_sin_turn. Adding 1.5 2^52 rounds to a whole number, which is then one too many or
// not, and leaves it in the low bits.
[[gnu::always_inline]] inline Directions cos_sin_turn(Double u) {
  const Double quarters = 4.0 * u, raised = quarters + 0.5;
  const Double rounded = (raised + 0x1.8p52) - 0x1.8p52;
  const Int64 one = (Int64)(Double{} + 1.0);
  const Double nearest = rounded - (Double)((rounded > raised) & one);
  const Int64 n = (Int64)(nearest + 0x1.8p52);
  const Double x = (quarters - nearest) * normal::quarter_turn;
  const Double c = normal::cosine_series(x * x), s = normal::sine_series(x * x) * x;
  const Int64 swapped = -(n & 1) & ((Int64)c ^ (Int64)s);  // all bits that differ, or none
  const Int64 cosine = (Int64)c ^ swapped, sine = (Int64)s ^ swapped;
  return {(Double)(cosine ^ (((n + 1) & 2) << 62)), (Double)(sine ^ ((n & 2) << 62))};
}

constexpr int group_size = 2 * lanes::doubles;  // draws that are made together

[[gnu::always_inline]] inline void write(Double x, double* out) { std::memcpy(out, &x, sizeof x); }
[[gnu::always_inline]] inline void write(Double x, float* out) {
  const auto rounded = __builtin_convertvector(x, float __attribute__((vector_size(32))));
  std::memcpy(out, &rounded, sizeof rounded);
}

// `count` groups of draws, from number group_size * group on.
template <class T>
[[gnu::always_inline]] inline void write_groups(std::uint64_t key, std::uint64_t sample,
                                                std::uint64_t group, std::int64_t count, T* out) {
  constexpr Uint64 first = {0, 1, 2, 3, 4, 5, 6, 7};
  for (std::int64_t i = 0; i < count; ++i) {
    const Uniforms uniform = uniforms(key, sample, first + (group + i) * lanes::doubles);
    Double radius = -2.0 * logarithm(uniform.first);
    for (int lane = 0; lane < lanes::doubles; ++lane) radius[lane] = std::sqrt(radius[lane]);
    const Directions direction = cos_sin_turn(uniform.second);
    const Double a = radius * direction.cosine, b = radius * direction.sine;
    write(__builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11), out + group_size * i);
    write(__builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15), out + group_size * i + 8);
  }
}

STRANG_CLONES void draw_groups(std::uint64_t key, std::uint64_t sample, std::uint64_t group,
                               std::int64_t count, double* out) {
  write_groups(key, sample, group, count, out);
}
STRANG_CLONES void draw_groups(std::uint64_t key, std::uint64_t sample, std::uint64_t group,
                               std::int64_t count, float* out) {
  write_groups(key, sample, group, count, out);
}

template <class T>
void draw_row(std::uint64_t key, std::int64_t sample, std::int64_t count, T* out) {
  const std::int64_t whole = count / group_size, rest = count % group_size;
  const auto id = static_cast<std::uint64_t>(sample);
  draw_groups(key, id, 0, whole, out);
  if (rest == 0) return;
  std::array<T, group_size> last;
  draw_groups(key, id, whole, 1, last.data());
  std::copy_n(last.data(), rest, out + group_size * whole);
}

}  // namespace

std::uint64_t hash(const NoiseKey& key) {
  std::uint64_t state = fold(0, key.seed);
  state = fold(state, static_cast<std::uint64_t>(key.domain));
  state = fold(state, bits_of(key.from));
  state = fold(state, bits_of(key.to));
  return fold(state, static_cast<std::uint64_t>(key.stream));
}

void draw_normals(std::uint64_t key_hash, std::int64_t sample, std::int64_t count, double* out) {
  draw_row(key_hash, sample, count, out);
}

void draw_normals(std::uint64_t key_hash, std::int64_t sample, std::int64_t count, float* out) {
  draw_row(key_hash, sample, count, out);
}

}  // namespace strang
