#pragma once

#include "core/program/sum_streams.h"

// The innermost loop for the two slots of a state: two sums over the same arrays,
// out[r][i] = c[r][0] x_0[i] + c[r][1] x_1[i] + ..., each added up and rounded as sum_streams.h
// does. Each element is read and converted once for both sums, before any of them is written:
// outputs may be inputs. A portable loop and one for AVX2, which give the same bits.
namespace strang::pairs {

// Arrays of one row, and their coefficients in the two sums.
template <class T>
struct Streams {
  int count = 0;
  const T* data[streams::max_streams];
  double c[2][streams::max_streams];
};

// Elements [begin, end); returns whether all results are finite.
template <class T>
bool sum_portable(const Streams<T>& s, T* const* out, std::int64_t begin, std::int64_t end) {
  bool good = true;
  for (std::int64_t i = begin; i < end; ++i) {
    double sums[2] = {-0.0, -0.0};  // adding to -0 changes no number
    for (int m = 0; m < s.count; ++m)
      for (int r = 0; r < 2; ++r) sums[r] += s.c[r][m] * static_cast<double>(s.data[m][i]);
    for (int r = 0; r < 2; ++r) {
      out[r][i] = static_cast<T>(sums[r]);
      good &= element::is_finite(out[r][i]);
    }
  }
  return good;
}

#ifdef STRANG_AVX2

// Elements from 0 on, eight at a time; returns where it stopped.
template <int M, class T>
STRANG_AVX2 std::int64_t sum_avx2(const Streams<T>& s, T* const* out, std::int64_t end,
                                  bool& finite) {
  const T* x[M];
  __m256d c[2][M];
  for (int m = 0; m < M; ++m) {
    x[m] = s.data[m];
    for (int r = 0; r < 2; ++r) c[r][m] = _mm256_set1_pd(s.c[r][m]);
  }
  T* const results[2] = {out[0], out[1]};
  streams::Writer<T, streams::Stores::cached> writer{};
  std::int64_t i = 0;
  for (; i + 8 <= end; i += 8) {
    __m256d low[2], high[2];
    for (int r = 0; r < 2; ++r) low[r] = high[r] = _mm256_set1_pd(-0.0);
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m) {
      const __m256d a = streams::load(x[m] + i), b = streams::load(x[m] + i + 4);
#pragma GCC unroll 2
      for (int r = 0; r < 2; ++r) {
        const __m256d p = _mm256_mul_pd(c[r][m], a), q = _mm256_mul_pd(c[r][m], b);
        low[r] = m == 0 ? p : _mm256_add_pd(low[r], p);
        high[r] = m == 0 ? q : _mm256_add_pd(high[r], q);
      }
    }
    for (int r = 0; r < 2; ++r) writer.write(results[r] + i, low[r], high[r]);
  }
  finite &= writer.finite();
  return i;
}

template <class T>
std::int64_t sum_avx2(const Streams<T>& s, T* const* out, std::int64_t end, bool& finite) {
  return streams::with_count(s.count, [&]<int M>() { return sum_avx2<M>(s, out, end, finite); });
}

#endif

// Elements [0, n), of 1 to streams::max_streams arrays; returns whether all results are finite.
template <class T>
bool sum(const Streams<T>& s, T* const* out, std::int64_t n) {
  std::int64_t done = 0;
  bool finite = true;
#ifdef STRANG_AVX2
  if (streams::has_avx2) done = sum_avx2(s, out, n, finite);
#endif
  return sum_portable(s, out, done, n) && finite;
}

}  // namespace strang::pairs
