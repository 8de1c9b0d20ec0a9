#pragma once

#include "core/program/sum_streams.h"

// The innermost loop of combine.h for states of several slots, or with operands of several types:
// out[r][i] = sum over operands and slots of c(r, slot) x[slot][i], added up in double in the order
// of operands and slots, without those whose coefficient is zero and without fused multiply-adds,
// rounded once. Each element is read once for all slots, and before any of its results is written:
// outputs may be operands. A portable loop and one for AVX2, which give the same bits.
namespace strang::blocks {

// The slots of one operand in one row, and its coefficients.
template <int K>
struct Source {
  const void* data[K];
  Real type;
  double c[K][K];
  bool used[K][K];  // c != 0
};

// Elements [begin, end); returns whether all results are finite. A sum starts from -0, to which
// adding changes no number; a slot without terms is +0.
template <int K, class Out>
bool sum_portable(std::span<const Source<K>> sources, const bool* empty, Out* const* out,
                  std::int64_t begin, std::int64_t end) {
  bool good = true;
  for (std::int64_t i = begin; i < end; ++i) {
    double sums[K];
    for (int r = 0; r < K; ++r) {
      sums[r] = empty[r] ? 0.0 : -0.0;
      for (const Source<K>& s : sources)
        for (int k = 0; k < K; ++k)
          if (s.used[r][k]) sums[r] += s.c[r][k] * element::load(s.data[k], s.type, i);
    }
    for (int r = 0; r < K; ++r) {
      out[r][i] = static_cast<Out>(sums[r]);
      good &= element::is_finite(out[r][i]);
    }
  }
  return good;
}

#ifdef STRANG_AVX2

STRANG_AVX2 inline __m256d load(const void* data, Real type, std::int64_t i) {
  return type == Real::float64 ? streams::load(static_cast<const double*>(data) + i)
                               : streams::load(static_cast<const float*>(data) + i);
}

// Elements from 0 on, eight at a time; returns where it stopped.
template <int K, class Out>
STRANG_AVX2 std::int64_t sum_avx2(std::span<const Source<K>> sources, const bool* empty,
                                  Out* const* out, std::int64_t end, bool& finite) {
  streams::Writer<Out, streams::Stores::cached> writer{};
  std::int64_t i = 0;
  for (; i + 8 <= end; i += 8) {
    __m256d low[K], high[K];
    for (int r = 0; r < K; ++r) low[r] = high[r] = _mm256_set1_pd(empty[r] ? 0.0 : -0.0);
    for (const Source<K>& s : sources)
#pragma GCC unroll 3
      for (int k = 0; k < K; ++k) {
        const __m256d a = load(s.data[k], s.type, i), b = load(s.data[k], s.type, i + 4);
#pragma GCC unroll 3
        for (int r = 0; r < K; ++r) {
          if (!s.used[r][k]) continue;
          const __m256d c = _mm256_set1_pd(s.c[r][k]);
          low[r] = _mm256_add_pd(low[r], _mm256_mul_pd(c, a));
          high[r] = _mm256_add_pd(high[r], _mm256_mul_pd(c, b));
        }
      }
    for (int r = 0; r < K; ++r) writer.write(out[r] + i, low[r], high[r]);
  }
  finite &= writer.finite();
  return i;
}

#endif

// Elements [0, n).
template <int K, class Out>
bool sum(std::span<const Source<K>> sources, const bool* empty, Out* const* out, std::int64_t n) {
  std::int64_t done = 0;
  bool finite = true;
#ifdef STRANG_AVX2
  if (streams::has_avx2) done = sum_avx2<K>(sources, empty, out, n, finite);
#endif
  return sum_portable<K>(sources, empty, out, done, n) && finite;
}

}  // namespace strang::blocks
