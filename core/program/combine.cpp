#include "core/program/combine.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>

#include "core/program/sum_streams.h"

namespace strang {
namespace {

using streams::max_streams;  // operands that one inner loop reads
using streams::Stream;

constexpr std::int64_t chunk = 512;  // elements of the buffers that stay in the first-level cache
constexpr std::int64_t parallel_grain = 32768;  // below this, threads cost more than they save
constexpr std::size_t cache_bytes = 32 << 20;   // results from this size on do not stay in a cache

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
      const Stream<float> narrow{static_cast<const float*>(data), 1.0};
      streams::sum(&narrow, 1, buffer, n);
      wide = buffer;
    }
    streams_[count_++] = {wide, coefficient};
  }

  bool write(Out* out, std::int64_t n) {
    if (count_ == 0) {
      std::fill_n(out, n, Out{0});
      return true;
    }
    return streams::sum(streams_.data(), count_, out, n);
  }

 private:
  // Replaces the streams so far by their sum in double.
  void fold(std::int64_t n) {
    streams::sum(streams_.data(), count_, folded_.data(), n);
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
      streams[m] = {static_cast<const T*>(operands[m].data) + begin, operands[m].coefficient(0, 0)};
    return streams;
  };
  const bool in_place = std::any_of(operands.begin(), operands.end(),
                                    [&](const Operand& o) { return o.data == out; });
  const bool large = static_cast<std::size_t>(n) * sizeof(T) >= cache_bytes;
  const auto stores = large && !in_place ? streams::Stores::bypass : streams::Stores::cached;
  return parallel_all(n, parallel_grain, [&](std::int64_t begin, std::int64_t end) {
    return streams::sum(streams_at(begin).data(), static_cast<int>(operands.size()), out + begin,
                        end - begin, stores);
  });
}

const void* offset(const void* data, Real type, std::int64_t elements) {
  return static_cast<const char*>(data) + elements * size_of(type);
}

// One row, chunk by chunk: all slots of a chunk are formed before any is written, because `out` may
// be read.
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
                      return o.factors == nullptr && o.type == type && o.coefficient(0, 0) != 0;
                    });
  if (flat) return combine_flat(extent.rows * extent.elements, operands, out);
  // Without row factors the rows of a one-slot state are one long row, cut into pieces for the
  // threads.
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
  if (out_type == Real::float64) return combine_typed(extent, operands, static_cast<double*>(out));
  return combine_typed(extent, operands, static_cast<float*>(out));
}

namespace {

// Adding the lowest exponent bit to an exponent of all ones carries into the sign's place.
// Vectorises everywhere.
template <class T>
bool all_finite(const T* x, std::int64_t n) {
  constexpr auto exponent = element::exponent_mask<T>;
  element::Bits<T> carry = 0;
  for (std::int64_t i = 0; i < n; ++i)
    carry |= (std::bit_cast<element::Bits<T>>(x[i]) & exponent) + (exponent & -exponent);
  return carry <= exponent;
}

}  // namespace

bool all_finite(const void* data, Real type, std::int64_t n) {
  return type == Real::float64 ? all_finite(static_cast<const double*>(data), n)
                               : all_finite(static_cast<const float*>(data), n);
}

void select_rows(const Extent& extent, Real type, const double* mask, const void* a, const void* b,
                 void* out) {
  const std::int64_t row_size = extent.slots * extent.elements;
  const std::size_t bytes = row_size * size_of(type);
  for (std::int64_t row = 0; row < extent.rows; ++row) {
    const void* from = offset(mask[row] != 0 ? a : b, type, row * row_size);
    void* to = const_cast<void*>(offset(out, type, row * row_size));
    if (from != to) std::memcpy(to, from, bytes);
  }
}

}  // namespace strang
