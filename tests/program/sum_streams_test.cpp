// The loop for AVX2 and the portable one give the same bits: programs do not depend on the
// processor.

#include "core/program/sum_streams.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "core/program/sum_blocks.h"
#include "core/program/sum_pairs.h"

namespace strang {
namespace {

#ifdef STRANG_AVX2

template <int M, streams::Stores stores, class In, class Out>
void expect_same_loops(std::int64_t shift) {
  constexpr std::int64_t n = 83;
  std::vector<std::vector<In>> x(M, std::vector<In>(n + 8));
  streams::Stream<In> s[M];
  for (int m = 0; m < M; ++m) {
    for (std::int64_t i = 0; i < n; ++i)
      x[m][i + m % 3] = static_cast<In>(std::sin(0.3 * i + m) * std::pow(10, m % 4 - 1));
    s[m] = {x[m].data() + m % 3, std::cos(2.3 * m)};
  }
  alignas(32) Out fast[n + 8], plain[n + 8];
  bool finite = true;
  const std::int64_t done =
      streams::sum_avx2<M, stores>(s, fast + shift, shift == 0 ? 0 : 8 - shift, n, finite);
  EXPECT_GE(done, n - 8);
  EXPECT_TRUE(finite);
  EXPECT_TRUE((streams::sum_portable<M>(s, plain + shift, std::int64_t{0}, n)));
  const std::int64_t begin = shift == 0 ? 0 : 8 - shift;
  EXPECT_EQ(std::memcmp(fast + shift + begin, plain + shift + begin, (done - begin) * sizeof(Out)),
            0)
      << M << " streams, shift " << shift;
  x[M - 1][begin + 1 + (M - 1) % 3] = std::numeric_limits<In>::infinity();
  streams::sum_avx2<M, stores>(s, fast + shift, begin, n, finite);
  EXPECT_FALSE(finite);
  EXPECT_FALSE((streams::sum_portable<M>(s, plain + shift, begin, n)));
}

template <int M, class In, class Out>
void expect_same_loops() {
  for (const std::int64_t shift : {0, 1, 2, 3, 5}) {
    expect_same_loops<M, streams::Stores::cached, In, Out>(shift);
    expect_same_loops<M, streams::Stores::bypass, In, Out>(shift);
  }
}

template <int... M>
void expect_same_loops(std::integer_sequence<int, M...>) {
  (expect_same_loops<M + 1, double, double>(), ...);
  (expect_same_loops<M + 1, float, float>(), ...);
  (expect_same_loops<M + 1, float, double>(), ...);
  (expect_same_loops<M + 1, double, float>(), ...);
}

TEST(sum_streams, both_loops_give_the_same_bits) {
  if (!streams::has_avx2) GTEST_SKIP() << "this processor has no AVX2";
  expect_same_loops(std::make_integer_sequence<int, streams::max_streams>());
}

template <int K, class Out>
void expect_same_blocks() {
  constexpr std::int64_t n = 43;
  std::vector<double> wide(K * n);
  std::vector<float> narrow(K * n);
  for (std::int64_t i = 0; i < K * n; ++i) {
    wide[i] = std::sin(0.3 * i) * std::pow(10, i % 4 - 1);
    narrow[i] = static_cast<float>(std::cos(0.7 * i));
  }
  std::vector<blocks::Source<K>> sources(3);
  for (int m = 0; m < 3; ++m) {
    sources[m].type = m == 1 ? Real::float32 : Real::float64;
    for (int k = 0; k < K; ++k) {
      sources[m].data[k] =
          m == 1 ? static_cast<const void*>(narrow.data() + k * n) : wide.data() + k * n;
      for (int r = 0; r < K; ++r) {
        sources[m].c[r][k] = std::cos(2.3 * m + r + 3 * k);
        sources[m].used[r][k] = (m + r + k) % 3 != 0;
      }
    }
  }
  bool empty[K] = {};
  std::vector<Out> fast(K * n), plain(K * n);
  Out *to_fast[K], *to_plain[K];
  for (int r = 0; r < K; ++r) {
    to_fast[r] = fast.data() + r * n;
    to_plain[r] = plain.data() + r * n;
  }
  const std::span<const blocks::Source<K>> all(sources);
  bool finite = true;
  const std::int64_t done = blocks::sum_avx2<K>(all, empty, to_fast, n, finite);
  EXPECT_EQ(done, 40);
  EXPECT_TRUE(finite);
  EXPECT_TRUE(blocks::sum_portable<K>(all, empty, to_plain, std::int64_t{0}, n));
  for (int r = 0; r < K; ++r)
    EXPECT_EQ(std::memcmp(to_fast[r], to_plain[r], done * sizeof(Out)), 0) << K << " slots, " << r;
  wide[0] = std::numeric_limits<double>::infinity();
  blocks::sum_avx2<K>(all, empty, to_fast, n, finite);
  EXPECT_EQ(finite, blocks::sum_portable<K>(all, empty, to_plain, std::int64_t{0}, n));
}

TEST(sum_blocks, both_loops_give_the_same_bits) {
  if (!streams::has_avx2) GTEST_SKIP() << "this processor has no AVX2";
  expect_same_blocks<1, double>();
  expect_same_blocks<1, float>();
  expect_same_blocks<2, double>();
  expect_same_blocks<2, float>();
  expect_same_blocks<3, double>();
  expect_same_blocks<3, float>();
}

template <class T>
void expect_same_pairs() {
  constexpr std::int64_t n = 43;
  for (int count = 1; count <= streams::max_streams; ++count) {
    std::vector<std::vector<T>> x(count, std::vector<T>(n));
    pairs::Streams<T> s{.count = count};
    for (int m = 0; m < count; ++m) {
      for (std::int64_t i = 0; i < n; ++i)
        x[m][i] = static_cast<T>(std::sin(0.3 * i + m) * std::pow(10, m % 4 - 1));
      s.data[m] = x[m].data();
      for (int r = 0; r < 2; ++r) s.c[r][m] = std::cos(2.3 * m + r);
    }
    std::vector<T> fast(2 * n), plain(2 * n);
    T* const to_fast[2] = {fast.data(), fast.data() + n};
    T* const to_plain[2] = {plain.data(), plain.data() + n};
    bool finite = true;
    const std::int64_t done = pairs::sum_avx2(s, to_fast, n, finite);
    EXPECT_EQ(done, 40);
    EXPECT_TRUE(finite);
    EXPECT_TRUE(pairs::sum_portable(s, to_plain, std::int64_t{0}, n));
    for (int r = 0; r < 2; ++r)
      EXPECT_EQ(std::memcmp(to_fast[r], to_plain[r], done * sizeof(T)), 0) << count << ", " << r;
    x[count - 1][1] = std::numeric_limits<T>::infinity();
    pairs::sum_avx2(s, to_fast, n, finite);
    EXPECT_FALSE(finite);
    EXPECT_FALSE(pairs::sum_portable(s, to_plain, std::int64_t{0}, n));
  }
}

TEST(sum_pairs, both_loops_give_the_same_bits) {
  if (!streams::has_avx2) GTEST_SKIP() << "this processor has no AVX2";
  expect_same_pairs<double>();
  expect_same_pairs<float>();
}

#endif

}  // namespace
}  // namespace strang
