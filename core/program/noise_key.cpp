#include "core/program/noise_key.h"

#include <algorithm>
#include <array>
#include <bit>

#include "core/program/draw.h"

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

template <class T>
void draw_row(std::uint64_t key, std::int64_t sample, std::int64_t count, T* out) {
  constexpr std::int64_t batch = 64;  // pairs that are worked on together, so that loops vectorise
  std::array<normal::Pair, batch> pairs;
  for (std::int64_t begin = 0; begin < count; begin += 2 * batch) {
    const std::int64_t n = std::min(batch, (count - begin + 1) / 2);
    for (std::int64_t i = 0; i < n; ++i) pairs[i] = draw::uniforms(key, sample, begin / 2 + i);
    for (std::int64_t i = 0; i < n; ++i) pairs[i] = draw::box_muller(pairs[i]);
    for (std::int64_t i = 0; i < n; ++i) {
      out[begin + 2 * i] = static_cast<T>(pairs[i].first);
      if (begin + 2 * i + 1 < count) out[begin + 2 * i + 1] = static_cast<T>(pairs[i].second);
    }
  }
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
