#pragma once

#include <algorithm>
#include <cstdint>

#include "core/program/element.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define STRANG_AVX2 __attribute__((target("avx2,fma")))
#endif

// The innermost loop of combine.h: out[i] = c_0 x_0[i] + c_1 x_1[i] + ..., added up in double from
// left to right without fused multiply-adds, rounded once. A portable loop and one for AVX2, which
// give the same bits. The second is written out because it is bound by the conversions of float: a
// compiler's vectors of one length for all types need three shuffles for each of them. Wider
// vectors gain nothing here.
namespace strang::streams {

constexpr int max_streams = 8;

// An array and its coefficient.
template <class T>
struct Stream {
  const T* data;
  double coefficient;
};

// How results are stored: `bypass` leaves the caches to others, for results larger than these.
enum class Stores { cached, bypass };

// Elements [begin, end); returns whether all results are finite.
template <int M, class In, class Out>
bool sum_portable(const Stream<In>* s, Out* out, std::int64_t begin, std::int64_t end) {
  const In* x[M];
  double c[M];
  for (int m = 0; m < M; ++m) {
    x[m] = s[m].data;
    c[m] = s[m].coefficient;
  }
  element::Bits<Out> bad = 0;
#pragma GCC ivdep
  for (std::int64_t i = begin; i < end; ++i) {
    double sum = c[0] * static_cast<double>(x[0][i]);
#pragma GCC unroll 8
    for (int m = 1; m < M; ++m) sum += c[m] * static_cast<double>(x[m][i]);
    const Out rounded = static_cast<Out>(sum);
    bad |= element::is_finite(rounded) ? 0 : 1;
    out[i] = rounded;
  }
  return bad == 0;
}

#ifdef STRANG_AVX2

STRANG_AVX2 inline __m256d load(const double* x) { return _mm256_loadu_pd(x); }
STRANG_AVX2 inline __m256d load(const float* x) { return _mm256_cvtps_pd(_mm_loadu_ps(x)); }

// Writes eight numbers, and remembers whether all were finite: x * 0 is NaN for those that are not.
template <class Out, Stores stores>
struct Writer;

template <Stores stores>
struct Writer<double, stores> {
  __m256d zeros_a, zeros_b;
  STRANG_AVX2 void write(double* out, __m256d a, __m256d b) {
    if constexpr (stores == Stores::bypass) {
      _mm256_stream_pd(out, a);
      _mm256_stream_pd(out + 4, b);
    } else {
      _mm256_storeu_pd(out, a);
      _mm256_storeu_pd(out + 4, b);
    }
    const __m256d zero = _mm256_setzero_pd();
    zeros_a = _mm256_fmadd_pd(a, zero, zeros_a);
    zeros_b = _mm256_fmadd_pd(b, zero, zeros_b);
  }
  STRANG_AVX2 bool finite() const {
    return _mm256_movemask_pd(_mm256_cmp_pd(zeros_a, zeros_b, _CMP_UNORD_Q)) == 0;
  }
};

template <Stores stores>
struct Writer<float, stores> {
  __m256 zeros;
  STRANG_AVX2 void write(float* out, __m256d a, __m256d b) {
    const __m256 both = _mm256_set_m128(_mm256_cvtpd_ps(b), _mm256_cvtpd_ps(a));
    if constexpr (stores == Stores::bypass)
      _mm256_stream_ps(out, both);
    else
      _mm256_storeu_ps(out, both);
    zeros = _mm256_fmadd_ps(both, _mm256_setzero_ps(), zeros);
  }
  STRANG_AVX2 bool finite() const {
    return _mm256_movemask_ps(_mm256_cmp_ps(zeros, zeros, _CMP_UNORD_Q)) == 0;
  }
};

// Elements from `begin` on, eight at a time; returns where it stopped. Bypassing stores need out +
// begin aligned to 32 bytes.
template <int M, Stores stores, class In, class Out>
STRANG_AVX2 std::int64_t sum_avx2(const Stream<In>* s, Out* out, std::int64_t begin,
                                  std::int64_t end, bool& finite) {
  const In* x[M];
  __m256d c[M];
  for (int m = 0; m < M; ++m) {
    x[m] = s[m].data;
    c[m] = _mm256_set1_pd(s[m].coefficient);
  }
  Writer<Out, stores> writer{};
  std::int64_t i = begin;
  for (; i + 8 <= end; i += 8) {
    __m256d a = _mm256_mul_pd(c[0], load(x[0] + i));
    __m256d b = _mm256_mul_pd(c[0], load(x[0] + i + 4));
#pragma GCC unroll 8
    for (int m = 1; m < M; ++m) {
      a = _mm256_add_pd(a, _mm256_mul_pd(c[m], load(x[m] + i)));
      b = _mm256_add_pd(b, _mm256_mul_pd(c[m], load(x[m] + i + 4)));
    }
    writer.write(out + i, a, b);
  }
  finite &= writer.finite();
  if constexpr (stores == Stores::bypass) _mm_sfence();
  return i;
}

inline const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");

#endif

template <int M, class In, class Out>
bool sum(const Stream<In>* s, Out* out, std::int64_t n, [[maybe_unused]] Stores stores) {
  std::int64_t done = 0;
  bool finite = true;
#ifdef STRANG_AVX2
  if (has_avx2 && stores == Stores::cached) {
    done = sum_avx2<M, Stores::cached>(s, out, 0, n, finite);
  } else if (has_avx2) {
    const std::uintptr_t odd = -reinterpret_cast<std::uintptr_t>(out) % 32 / sizeof(Out);
    done = std::min(n, static_cast<std::int64_t>(odd));
    finite = sum_portable<M>(s, out, 0, done);
    done = sum_avx2<M, Stores::bypass>(s, out, done, n, finite);
  }
#endif
  return sum_portable<M>(s, out, done, n) && finite;
}

// f<M>() for M = count, 1 to max_streams: loops over arrays are compiled for each number of them.
template <class F>
auto with_count(int count, F f) {
  switch (count) {
    case 1:
      return f.template operator()<1>();
    case 2:
      return f.template operator()<2>();
    case 3:
      return f.template operator()<3>();
    case 4:
      return f.template operator()<4>();
    case 5:
      return f.template operator()<5>();
    case 6:
      return f.template operator()<6>();
    case 7:
      return f.template operator()<7>();
    default:
      return f.template operator()<max_streams>();
  }
}

// 1 to max_streams streams; returns whether all results are finite.
template <class In, class Out>
bool sum(const Stream<In>* s, int count, Out* out, std::int64_t n, Stores stores = Stores::cached) {
  return with_count(count, [&]<int M>() { return sum<M>(s, out, n, stores); });
}

}  // namespace strang::streams
