#include "core/program/combine.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <type_traits>

#include "core/error.h"

// One clone for each instruction set; they give the same bits, because sums are not contracted. The
// sanitizers start before the dynamic linker resolves such clones.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define STRANG_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define STRANG_CLONES
#endif

namespace strang {
namespace {

constexpr int max_streams = 8;                 // operands that one inner loop reads
constexpr std::int64_t chunk = 512;            // elements of the buffers that stay in the first-level cache
constexpr std::int64_t parallel_grain = 32768;  // below this, threads cost more than they save

// An array and its coefficient, as the innermost loops see it.
template <class T>
struct Stream {
  const T* data;
  double coefficient;
};

// The exponent bits, all ones in infinities and NaNs alone.
template <class T>
using Bits = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
template <class T>
constexpr Bits<T> exponent_mask = sizeof(T) == 8 ? 0x7ff0000000000000ull : 0x7f800000u;

template <int M, class In, class Out>
[[gnu::always_inline]] inline bool sum_streams(const Stream<In>* streams, Out* out,
                                               std::int64_t n) {
  const In* x[M];
  double c[M];
  for (int m = 0; m < M; ++m) {
    x[m] = streams[m].data;
    c[m] = streams[m].coefficient;
  }
  Bits<Out> bad = 0;
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) {
    double sum = c[0] * static_cast<double>(x[0][i]);
#pragma GCC unroll 8
    for (int m = 1; m < M; ++m) sum += c[m] * static_cast<double>(x[m][i]);
    const Out rounded = static_cast<Out>(sum);
    const Bits<Out> bits = std::bit_cast<Bits<Out>>(rounded) & exponent_mask<Out>;
    bad |= bits == exponent_mask<Out> ? 1 : 0;
    out[i] = rounded;
  }
  return bad == 0;
}

template <class In, class Out>
[[gnu::always_inline]] inline bool sum_any(const Stream<In>* streams, int count, Out* out,
                                           std::int64_t n) {
  switch (count) {
    case 1: return sum_streams<1>(streams, out, n);
    case 2: return sum_streams<2>(streams, out, n);
    case 3: return sum_streams<3>(streams, out, n);
    case 4: return sum_streams<4>(streams, out, n);
    case 5: return sum_streams<5>(streams, out, n);
    case 6: return sum_streams<6>(streams, out, n);
    case 7: return sum_streams<7>(streams, out, n);
    default: return sum_streams<8>(streams, out, n);
  }
}

STRANG_CLONES bool sum(const Stream<double>* s, int count, double* out, std::int64_t n) {
  return sum_any(s, count, out, n);
}
STRANG_CLONES bool sum(const Stream<float>* s, int count, float* out, std::int64_t n) {
  return sum_any(s, count, out, n);
}
STRANG_CLONES bool sum(const Stream<double>* s, int count, float* out, std::int64_t n) {
  return sum_any(s, count, out, n);
}
STRANG_CLONES void widen(const float* in, double* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = in[i];
}

// Runs f(begin, end) over pieces of [0, n), on several threads where that pays.
template <class F>
bool parallel_all(std::int64_t n, std::int64_t grain, F f) {
  if (n <= grain) return f(0, n);
  std::atomic<bool> good = true;
  at::parallel_for(0, n, grain, [&](std::int64_t begin, std::int64_t end) {
    if (!f(begin, end)) good = false;
  });
  return good;
}

// The sum of a chunk of at most `chunk` elements, for any number and mixture of operand types.
template <class Out>
class ChunkSum {
 public:
  void clear() { count_ = 0; }

  // Adds the array's elements [0, n), whose first is `data`.
  void add(const void* data, Real type, double coefficient, std::int64_t n) {
    if (count_ == max_streams) fold(n);
    const double* wide = static_cast<const double*>(data);
    if (type == Real::float32) {
      double* buffer = widened_[count_].data();
      widen(static_cast<const float*>(data), buffer, n);
      wide = buffer;
    }
    streams_[count_++] = {wide, coefficient};
  }

  bool write(Out* out, std::int64_t n) {
    if (count_ == 0) {
      std::fill_n(out, n, Out{0});
      return true;
    }
    return sum(streams_.data(), count_, out, n);
  }

 private:
  // Replaces the streams so far by their sum in double.
  void fold(std::int64_t n) {
    sum(streams_.data(), count_, folded_.data(), n);
    streams_[0] = {folded_.data(), 1.0};
    count_ = 1;
  }

  std::array<Stream<double>, max_streams> streams_;
  std::array<std::array<double, chunk>, max_streams> widened_;
  std::array<double, chunk> folded_;
  int count_ = 0;
};

// One slot, no row factors, operands of the type of the result: a single loop over everything.
template <class T>
bool combine_flat(std::int64_t n, std::span<const Operand> operands, T* out) {
  const auto streams_at = [&](std::int64_t begin) {
    std::array<Stream<T>, max_streams> streams;
    for (std::size_t m = 0; m < operands.size(); ++m)
      streams[m] = {static_cast<const T*>(operands[m].data) + begin,
                    operands[m].coefficient(0, 0)};
    return streams;
  };
  return parallel_all(n, parallel_grain, [&](std::int64_t begin, std::int64_t end) {
    return sum(streams_at(begin).data(), static_cast<int>(operands.size()), out + begin,
               end - begin);
  });
}

const void* offset(const void* data, Real type, std::int64_t elements) {
  const std::int64_t size = type == Real::float64 ? 8 : 4;
  return static_cast<const char*>(data) + elements * size;
}

// One row, chunk by chunk: all slots of a chunk are formed before any is written, because `out` may be read.
template <class T>
bool combine_row(const Extent& extent, std::int64_t row, std::span<const Operand> operands,
                 T* out) {
  ChunkSum<T> accumulated;
  std::array<std::array<T, chunk>, Block::max_slots> formed;
  const std::int64_t row_size = extent.slots * extent.elements;
  bool good = true;
  for (std::int64_t begin = 0; begin < extent.elements; begin += chunk) {
    const std::int64_t n = std::min(chunk, extent.elements - begin);
    for (int r = 0; r < extent.slots; ++r) {
      accumulated.clear();
      for (const Operand& operand : operands) {
        const double factor = operand.factors == nullptr ? 1.0 : operand.factors[row];
        for (int c = 0; c < extent.slots; ++c) {
          if (operand.coefficient(r, c) == 0) continue;
          const std::int64_t at = row * row_size + c * extent.elements + begin;
          accumulated.add(offset(operand.data, operand.type, at), operand.type,
                          factor * operand.coefficient(r, c), n);
        }
      }
      good &= accumulated.write(formed[r].data(), n);
    }
    for (int r = 0; r < extent.slots; ++r)
      std::memcpy(out + row * row_size + r * extent.elements + begin, formed[r].data(),
                  n * sizeof(T));
  }
  return good;
}

template <class T>
bool combine_typed(const Extent& extent, std::span<const Operand> operands, T* out) {
  constexpr Real type = sizeof(T) == 8 ? Real::float64 : Real::float32;
  const bool flat = extent.slots == 1 && !operands.empty() && operands.size() <= max_streams &&
                    std::all_of(operands.begin(), operands.end(), [&](const Operand& o) {
                      return o.factors == nullptr && o.type == type;
                    });
  if (flat) return combine_flat(extent.rows * extent.elements, operands, out);
  // Without row factors the rows of a one-slot state are one long row, cut into pieces for the threads.
  const std::int64_t row_size = std::max<std::int64_t>(1, extent.slots * extent.elements);
  const std::int64_t grain = std::max<std::int64_t>(1, parallel_grain / row_size);
  return parallel_all(extent.rows, grain, [&](std::int64_t begin, std::int64_t end) {
    bool good = true;
    for (std::int64_t row = begin; row < end; ++row)
      good &= combine_row(extent, row, operands, out);
    return good;
  });
}

}  // namespace

bool combine(const Extent& extent, std::span<const Operand> operands, void* out, Real out_type) {
  if (out_type == Real::float64)
    return combine_typed(extent, operands, static_cast<double*>(out));
  return combine_typed(extent, operands, static_cast<float*>(out));
}

void select_rows(const Extent& extent, Real type, const double* mask, const void* a, const void* b,
                 void* out) {
  const std::int64_t row_size = extent.slots * extent.elements;
  const std::size_t bytes = row_size * (type == Real::float64 ? 8 : 4);
  for (std::int64_t row = 0; row < extent.rows; ++row) {
    const void* from = offset(mask[row] != 0 ? a : b, type, row * row_size);
    void* to = const_cast<void*>(offset(out, type, row * row_size));
    if (from != to) std::memcpy(to, from, bytes);
  }
}

}  // namespace strang
