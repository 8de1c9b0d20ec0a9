#pragma once

#include <array>
#include <initializer_list>
#include <string>

namespace strang {

// A small square matrix of doubles that acts on the slot axis of a state: position alone (1 x 1),
// or position and momentum (2 x 2). A default-constructed Block has no slots and means "absent".
class Block {
 public:
  static constexpr int max_slots = 3;

  Block() = default;
  Block(double value) : slots_(1) { entries_[0] = value; }  // NOLINT: a number is a 1 x 1 block
  // Row-major entries; their number must be the square of a slot count.
  Block(std::initializer_list<double> entries);

  static Block zero(int slots);
  static Block identity(int slots);
  static Block diagonal(std::initializer_list<double> entries);

  int slots() const { return slots_; }
  constexpr double operator()(int row, int column) const { return entries_[row * slots_ + column]; }
  double& operator()(int row, int column) { return entries_[row * slots_ + column]; }
  // The number in a 1 x 1 block.
  double value() const;

  bool is_zero() const;
  bool is_identity() const;
  bool is_finite() const;
  bool operator==(const Block&) const = default;

  Block transpose() const;
  Block abs() const;
  // Throws Error when singular.
  Block inverse() const;
  // Lower Cholesky factor of a symmetric positive semi-definite block; a zero pivot gives a zero
  // column. Throws Error on a negative pivot.
  Block cholesky() const;

  // "0.5" or "[[1, 0], [0.25, 1]]", entries with `digits` significant digits.
  std::string describe(int digits = 6) const;

 private:
  int slots_ = 0;
  std::array<double, max_slots * max_slots> entries_{};
};

Block operator+(const Block& a, const Block& b);
Block operator-(const Block& a, const Block& b);
Block operator-(const Block& a);
Block operator*(const Block& a, const Block& b);
Block operator*(double a, const Block& b);
Block operator*(const Block& a, double b);
Block operator/(const Block& a, double b);

}  // namespace strang
