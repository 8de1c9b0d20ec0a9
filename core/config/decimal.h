#pragma once

#include <cstdint>
#include <string>

namespace strang::config {

// A finite decimal number of any length. Sums are rounded to 28 significant digits (half to even),
// conversions and comparisons are exact: the arithmetic in which float ranges are enumerated.
class Decimal {
 public:
  explicit Decimal(double exact);  // the binary value, digit by digit; must be finite
  explicit Decimal(std::int64_t exact);
  double to_double() const;  // nearest

  friend Decimal operator+(const Decimal& a, const Decimal& b);
  friend bool operator<(const Decimal& a, const Decimal& b);

 private:
  Decimal() = default;

  // value = (negative ? -1 : 1) * digits * 10^exponent, digits without leading zeros ("" is zero)
  bool negative_ = false;
  std::string digits_;
  int exponent_ = 0;
};

}  // namespace strang::config
