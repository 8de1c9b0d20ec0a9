#include "core/program/combine.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <vector>

#include "core/program/sum_blocks.h"
#include "core/program/sum_streams.h"
#include "core/program/two_slots.h"

namespace strang {
namespace {

using streams::max_streams;  // operands that one inner loop reads
using streams::Stream;

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

// The operands as the sources of one row at a time.
template <int K>
class RowSources {
 public:
  RowSources(const Extent& extent, std::span<const Operand> operands)
      : extent_(extent),
        operands_(operands),
        many_(operands.size() > few_.size() ? operands.size() : 0) {
    for (std::size_t m = 0; m < operands.size(); ++m) {
      sources()[m].type = operands[m].type;
      for (int r = 0; r < K; ++r)
        for (int k = 0; k < K; ++k) {
          sources()[m].used[r][k] = operands[m].coefficient(r, k) != 0;
          sources()[m].c[r][k] = operands[m].coefficient(r, k);
        }
    }
  }

  std::span<const blocks::Source<K>> at(std::int64_t row) {
    for (std::size_t m = 0; m < operands_.size(); ++m) {
      const Operand& operand = operands_[m];
      blocks::Source<K>& source = sources()[m];
      for (int k = 0; k < K; ++k)
        source.data[k] = offset(operand.data, operand.type, (row * K + k) * extent_.elements);
      if (operand.factors == nullptr) continue;
      for (int r = 0; r < K; ++r)
        for (int k = 0; k < K; ++k)
          source.c[r][k] = operand.factors[row] * operand.coefficient(r, k);
    }
    return {sources(), operands_.size()};
  }

 private:
  blocks::Source<K>* sources() { return many_.empty() ? few_.data() : many_.data(); }

  const Extent& extent_;
  std::span<const Operand> operands_;
  std::array<blocks::Source<K>, 16> few_;  // no allocation for usual programs
  std::vector<blocks::Source<K>> many_;
};

// Runs f(begin, end) over rows, on several threads where that pays.
template <class F>
bool parallel_rows(const Extent& extent, F f) {
  const std::int64_t row_size = std::max<std::int64_t>(1, extent.slots * extent.elements);
  return parallel_all(extent.rows, std::max<std::int64_t>(1, parallel_grain / row_size), f);
}

template <int K, class T>
bool combine_rows(const Extent& extent, std::span<const Operand> operands, T* out) {
  bool empty[K];
  for (int r = 0; r < K; ++r) empty[r] = element::is_empty(operands, r);
  return parallel_rows(extent, [&](std::int64_t begin, std::int64_t end) {
    RowSources<K> sources(extent, operands);
    bool good = true;
    for (std::int64_t row = begin; row < end; ++row) {
      T* slots[K];
      for (int r = 0; r < K; ++r) slots[r] = out + (row * K + r) * extent.elements;
      good &= blocks::sum<K>(sources.at(row), empty, slots, extent.elements);
    }
    return good;
  });
}

template <class T>
bool combine_pairs(const Extent& extent, std::span<const Operand> operands, T* out) {
  const TwoSlots<T> pairs(extent, operands, out);
  if (!pairs.fits()) return combine_rows<2>(extent, operands, out);
  return parallel_rows(extent, [&](std::int64_t begin, std::int64_t end) {
    bool good = true;
    for (std::int64_t row = begin; row < end; ++row) good &= pairs.sum(row);
    return good;
  });
}

template <class T>
bool combine_typed(const Extent& extent, std::span<const Operand> operands, T* out) {
  constexpr Real type = sizeof(T) == 8 ? Real::float64 : Real::float32;
  const bool flat = extent.slots == 1 && !operands.empty() && operands.size() <= max_streams &&
                    std::all_of(operands.begin(), operands.end(), [&](const Operand& o) {
                      return o.factors == nullptr && o.type == type && o.coefficient(0, 0) != 0;
                    });
  if (flat) return combine_flat(extent.rows * extent.elements, operands, out);
  switch (extent.slots) {
    case 1:
      return combine_rows<1>(extent, operands, out);
    case 2:
      return combine_pairs(extent, operands, out);
    default:
      return combine_rows<3>(extent, operands, out);
  }
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
