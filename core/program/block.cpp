#include "core/program/block.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"

namespace strang {
namespace {

// Applies `f` entry by entry to two blocks of one size.
template <class F>
Block entrywise(const Block& a, const Block& b, F f) {
  ensure(a.slots() == b.slots(), "blocks of {} and {} slots cannot be added", a.slots(), b.slots());
  Block sum = a;
  for (int r = 0; r < a.slots(); ++r)
    for (int c = 0; c < a.slots(); ++c) sum(r, c) = f(a(r, c), b(r, c));
  return sum;
}

template <class F>
Block entrywise(const Block& a, F f) {
  return entrywise(a, a, [&](double x, double) { return f(x); });
}

template <class F>
bool all_entries(const Block& a, F f) {
  for (int r = 0; r < a.slots(); ++r)
    for (int c = 0; c < a.slots(); ++c)
      if (!f(r, c, a(r, c))) return false;
  return true;
}

}  // namespace

Block::Block(std::initializer_list<double> entries) {
  while (slots_ * slots_ < static_cast<int>(entries.size())) ++slots_;
  ensure(slots_ * slots_ == static_cast<int>(entries.size()) && slots_ <= max_slots,
         "{} entries do not make a square block of at most {} slots", entries.size(), max_slots);
  std::copy(entries.begin(), entries.end(), entries_.begin());
}

Block Block::zero(int slots) {
  ensure(slots >= 1 && slots <= max_slots, "a block has 1 to {} slots, not {}", max_slots, slots);
  Block block;
  block.slots_ = slots;
  return block;
}

Block Block::identity(int slots) {
  Block block = zero(slots);
  for (int i = 0; i < slots; ++i) block(i, i) = 1;
  return block;
}

Block Block::diagonal(std::initializer_list<double> entries) {
  Block block = zero(static_cast<int>(entries.size()));
  int i = 0;
  for (const double entry : entries) {
    block(i, i) = entry;
    ++i;
  }
  return block;
}

double Block::value() const {
  ensure(slots_ == 1, "a block of {} slots is not a number", slots_);
  return entries_[0];
}

bool Block::is_zero() const {
  return all_entries(*this, [](int, int, double x) { return x == 0; });
}

bool Block::is_identity() const {
  return all_entries(*this, [](int r, int c, double x) { return x == (r == c ? 1 : 0); });
}

bool Block::is_finite() const {
  return all_entries(*this, [](int, int, double x) { return std::isfinite(x); });
}

Block Block::transpose() const {
  Block result = *this;
  for (int r = 0; r < slots_; ++r)
    for (int c = 0; c < slots_; ++c) result(r, c) = (*this)(c, r);
  return result;
}

Block Block::abs() const {
  return entrywise(*this, [](double x) { return std::abs(x); });
}

Block Block::inverse() const {
  Block left = *this, right = identity(slots_);
  for (int pivot = 0; pivot < slots_; ++pivot) {
    int best = pivot;
    for (int r = pivot + 1; r < slots_; ++r)
      if (std::abs(left(r, pivot)) > std::abs(left(best, pivot))) best = r;
    ensure(left(best, pivot) != 0, "the block {} is singular", describe());
    for (int c = 0; c < slots_; ++c) {
      std::swap(left(pivot, c), left(best, c));
      std::swap(right(pivot, c), right(best, c));
    }
    const double scale = left(pivot, pivot);
    for (int c = 0; c < slots_; ++c) {
      left(pivot, c) /= scale;
      right(pivot, c) /= scale;
    }
    for (int r = 0; r < slots_; ++r) {
      const double factor = left(r, pivot);
      if (r == pivot || factor == 0) continue;
      for (int c = 0; c < slots_; ++c) {
        left(r, c) -= factor * left(pivot, c);
        right(r, c) -= factor * right(pivot, c);
      }
    }
  }
  return right;
}

Block Block::cholesky() const {
  Block factor = zero(slots_);
  for (int c = 0; c < slots_; ++c) {
    double pivot = (*this)(c, c);
    for (int k = 0; k < c; ++k) pivot -= factor(c, k) * factor(c, k);
    ensure(pivot >= 0, "the block {} is not positive semi-definite", describe());
    factor(c, c) = std::sqrt(pivot);
    if (pivot == 0) continue;
    for (int r = c + 1; r < slots_; ++r) {
      double entry = (*this)(r, c);
      for (int k = 0; k < c; ++k) entry -= factor(r, k) * factor(c, k);
      factor(r, c) = entry / factor(c, c);
    }
  }
  return factor;
}

std::string Block::describe(int digits) const {
  if (slots_ == 0) return "absent";
  if (slots_ == 1) return fmt::format("{:.{}g}", entries_[0], digits);
  std::string text = "[";
  for (int r = 0; r < slots_; ++r) {
    text += r == 0 ? "[" : ", [";
    for (int c = 0; c < slots_; ++c)
      text += fmt::format("{}{:.{}g}", c == 0 ? "" : ", ", (*this)(r, c), digits);
    text += "]";
  }
  return text + "]";
}

Block operator+(const Block& a, const Block& b) {
  return entrywise(a, b, [](double x, double y) { return x + y; });
}

Block operator-(const Block& a, const Block& b) {
  return entrywise(a, b, [](double x, double y) { return x - y; });
}

Block operator-(const Block& a) {
  return entrywise(a, [](double x) { return -x; });
}

Block operator*(const Block& a, const Block& b) {
  ensure(a.slots() == b.slots(), "blocks of {} and {} slots cannot be multiplied", a.slots(),
         b.slots());
  Block product = Block::zero(a.slots());
  for (int r = 0; r < a.slots(); ++r)
    for (int c = 0; c < a.slots(); ++c)
      for (int k = 0; k < a.slots(); ++k) product(r, c) += a(r, k) * b(k, c);
  return product;
}

Block operator*(double a, const Block& b) {
  return entrywise(b, [a](double x) { return a * x; });
}

Block operator*(const Block& a, double b) { return b * a; }

Block operator/(const Block& a, double b) {
  return entrywise(a, [b](double x) { return x / b; });
}

}  // namespace strang
