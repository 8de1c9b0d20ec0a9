#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "core/program/combine.h"
#include "core/program/sum_pairs.h"

namespace strang {

// A combination of states of two slots, all of element type T, and how its slots are best formed.
// Most blocks of splitting schemes have zeros: a kick leaves positions as they are, an
// Ornstein-Uhlenbeck step does not mix the slots. So a slot may be
//   kept   where it is (in place, with coefficient 1): neither computed nor written;
//   zero   without terms;
//   a sum  of its own terms alone, or, where both have terms in every operand's slot that is read,
//          in one loop with the other one.
// The bits are those of combine.h.
template <class T>
class TwoSlots {
 public:
  static constexpr Real type = sizeof(T) == 8 ? Real::float64 : Real::float32;

  // Extent and operands must outlive it.
  TwoSlots(const Extent& extent, std::span<const Operand> operands, T* out)
      : extent_(extent), operands_(operands), out_(out) {
    fits_ = extent.elements >= worthwhile &&
            std::all_of(operands.begin(), operands.end(),
                        [](const Operand& o) { return o.type == type; });
    for (std::size_t m = 0; m < operands.size(); ++m)
      for (int k = 0; k < 2; ++k) add(static_cast<int>(m), k);
    if (!fits_) return;
    ways_ = {way(0), way(1)};
    const bool sums = ways_[0] == Way::sum && ways_[1] == Way::sum;
    together_ = sums && is_full(0) && is_full(1);
    dependent_ = sums && (reads_result(0) || reads_result(1));
  }

  // Whether `sum` can be used, and pays: operands of one type, not too many, rows not too short.
  bool fits() const { return fits_; }

  // Forms one row; returns whether all results are finite.
  bool sum(std::int64_t row) const {
    const pairs::Streams<T> streams = streams_of(row);
    T* const out[2] = {out_ + offset(row, 0), out_ + offset(row, 1)};
    if (together_) return pairs::sum(streams, out, extent_.elements);
    if (dependent_) return sum_in_pieces(streams, out);
    bool good = true;
    for (int r = 0; r < 2; ++r) {
      if (ways_[r] == Way::sum) good &= sum_alone(streams, r, 0, out[r], extent_.elements);
      if (ways_[r] == Way::kept && !is_read(r)) good &= all_finite(out[r], type, extent_.elements);
    }
    for (int r = 0; r < 2; ++r)  // last, as the other sum may read what is overwritten
      if (ways_[r] == Way::zero) std::fill_n(out[r], extent_.elements, T(0));
    return good;
  }

 private:
  static constexpr std::int64_t worthwhile = 64;  // elements
  enum class Way { kept, zero, sum };
  struct Origin {
    int operand, slot;
  };

  std::int64_t offset(std::int64_t row, int slot) const {
    return (row * 2 + slot) * extent_.elements;
  }

  void add(int operand, int slot) {
    const Block& c = operands_[operand].coefficient;
    if (c(0, slot) == 0 && c(1, slot) == 0) return;
    if (count_ == streams::max_streams) fits_ = false;
    if (!fits_) return;
    from_[count_] = {operand, slot};
    for (int r = 0; r < 2; ++r) used_[r][count_] = c(r, slot) != 0;
    ++count_;
  }

  bool is_out(int stream, int slot) const {
    return operands_[from_[stream].operand].data == out_ && from_[stream].slot == slot;
  }
  std::int64_t terms(int r) const {
    return std::count(used_[r].begin(), used_[r].begin() + count_, true);
  }
  bool is_full(int r) const { return terms(r) == count_; }

  Way way(int r) const {
    if (terms(r) == 0) return Way::zero;
    if (terms(r) > 1) return Way::sum;
    const auto s =
        static_cast<int>(std::find(used_[r].begin(), used_[r].end(), true) - used_[r].begin());
    const Operand& operand = operands_[from_[s].operand];
    const bool same = is_out(s, r) && operand.factors == nullptr && operand.coefficient(r, r) == 1;
    return same ? Way::kept : Way::sum;
  }

  // Whether the sum for slot 1 - r reads slot r of the result.
  bool reads_result(int r) const {
    for (int s = 0; s < count_; ++s)
      if (used_[1 - r][s] && is_out(s, r)) return true;
    return false;
  }
  // A kept slot that the other sum reads needs no look of its own: if it is not finite, that is
  // not, either.
  bool is_read(int r) const { return ways_[1 - r] == Way::sum && reads_result(r); }

  pairs::Streams<T> streams_of(std::int64_t row) const {
    pairs::Streams<T> streams;
    streams.count = count_;
    for (int s = 0; s < count_; ++s) {
      const Operand& operand = operands_[from_[s].operand];
      const double factor = operand.factors == nullptr ? 1.0 : operand.factors[row];
      streams.data[s] = static_cast<const T*>(operand.data) + offset(row, from_[s].slot);
      for (int r = 0; r < 2; ++r) streams.c[r][s] = factor * operand.coefficient(r, from_[s].slot);
    }
    return streams;
  }

  // Elements [begin, begin + n) of one slot.
  bool sum_alone(const pairs::Streams<T>& all, int r, std::int64_t begin, T* out,
                 std::int64_t n) const {
    streams::Stream<T> own[streams::max_streams];
    int count = 0;
    for (int s = 0; s < count_; ++s)
      if (used_[r][s]) own[count++] = {all.data[s] + begin, all.c[r][s]};
    return streams::sum(own, count, out, n);
  }

  // Where a sum reads what the other one writes: the first is put aside until the second is formed.
  bool sum_in_pieces(const pairs::Streams<T>& streams, T* const* out) const {
    constexpr std::int64_t piece = 512;
    std::array<T, piece> aside;
    bool good = true;
    for (std::int64_t begin = 0; begin < extent_.elements; begin += piece) {
      const std::int64_t n = std::min(piece, extent_.elements - begin);
      good &= sum_alone(streams, 0, begin, aside.data(), n);
      good &= sum_alone(streams, 1, begin, out[1] + begin, n);
      std::copy_n(aside.data(), n, out[0] + begin);
    }
    return good;
  }

  const Extent& extent_;
  std::span<const Operand> operands_;
  T* out_;
  bool fits_ = false;
  int count_ = 0;  // slots of operands that are read
  std::array<Origin, streams::max_streams> from_{};
  std::array<std::array<bool, streams::max_streams>, 2> used_{};
  std::array<Way, 2> ways_{};
  bool together_ = false, dependent_ = false;
};

}  // namespace strang
