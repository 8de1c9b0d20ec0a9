#include "core/config/decimal.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace strang::config {
namespace {

constexpr std::size_t precision = 28;
// Digits behind the point of the smallest subnormal double.
constexpr int max_fraction = 1074;

void strip_leading_zeros(std::string& digits) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
}

// Digits of one length, most significant first.
std::string add_digits(const std::string& a, const std::string& b) {
  std::string sum(a.size() + 1, '0');
  int carry = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const int digit = (a[i] - '0') + (b[i] - '0') + carry;
    sum[i + 1] = static_cast<char>('0' + digit % 10);
    carry = digit / 10;
  }
  sum[0] = static_cast<char>('0' + carry);
  return sum;
}

std::string subtract_digits(const std::string& larger, const std::string& smaller) {
  std::string difference(larger.size(), '0');
  int borrow = 0;
  for (std::size_t i = larger.size(); i-- > 0;) {
    int digit = (larger[i] - '0') - (smaller[i] - '0') - borrow;
    borrow = digit < 0 ? 1 : 0;
    if (digit < 0) digit += 10;
    difference[i] = static_cast<char>('0' + digit);
  }
  return difference;
}

// Rounds half to even to precision digits and raises the exponent accordingly.
void round_digits(std::string& digits, int& exponent) {
  if (digits.size() <= precision) return;
  const std::string tail = digits.substr(precision);
  exponent += static_cast<int>(tail.size());
  digits.resize(precision);
  const bool exactly_half = tail[0] == '5' && tail.find_first_not_of('0', 1) == std::string::npos;
  const bool odd = (digits.back() - '0') % 2 == 1;
  if (tail[0] < '5' || (exactly_half && !odd)) return;
  digits = add_digits(digits, std::string(precision - 1, '0') + "1");
  strip_leading_zeros(digits);
}

}  // namespace

Decimal::Decimal(double exact) : negative_(std::signbit(exact)) {
  std::vector<char> buffer(1500);
  std::snprintf(buffer.data(), buffer.size(), "%.*f", max_fraction, std::abs(exact));
  std::string text = buffer.data();
  text.erase(text.find('.'), 1);
  const auto last = text.find_last_not_of('0');
  exponent_ = -max_fraction;
  if (last == std::string::npos) return;
  exponent_ += static_cast<int>(text.size() - last - 1);
  text.resize(last + 1);
  strip_leading_zeros(text);
  digits_ = std::move(text);
}

Decimal::Decimal(std::int64_t exact) : negative_(exact < 0), digits_(std::to_string(exact)) {
  if (negative_) digits_.erase(0, 1);
  strip_leading_zeros(digits_);
}

double Decimal::to_double() const {
  const std::string text =
      (negative_ ? "-" : "") + (digits_.empty() ? "0" : digits_) + "e" + std::to_string(exponent_);
  return std::strtod(text.c_str(), nullptr);
}

Decimal operator+(const Decimal& a, const Decimal& b) {
  Decimal sum;
  sum.exponent_ = std::min(a.exponent_, b.exponent_);
  const auto aligned = [&](const Decimal& d) {
    if (d.digits_.empty()) return std::string();
    return d.digits_ + std::string(static_cast<std::size_t>(d.exponent_ - sum.exponent_), '0');
  };
  std::string x = aligned(a), y = aligned(b);
  const std::size_t size = std::max(x.size(), y.size());
  x.insert(0, size - x.size(), '0');
  y.insert(0, size - y.size(), '0');
  if (a.negative_ == b.negative_) {
    sum.digits_ = add_digits(x, y);
    sum.negative_ = a.negative_;
  } else {
    sum.digits_ = x >= y ? subtract_digits(x, y) : subtract_digits(y, x);
    sum.negative_ = x == y ? false : (x > y ? a.negative_ : b.negative_);
  }
  strip_leading_zeros(sum.digits_);
  round_digits(sum.digits_, sum.exponent_);
  return sum;
}

bool operator<(const Decimal& a, const Decimal& b) {
  const auto sign = [](const Decimal& d) { return d.digits_.empty() ? 0 : d.negative_ ? -1 : 1; };
  if (sign(a) != sign(b)) return sign(a) < sign(b);
  if (sign(a) == 0) return false;
  const auto magnitude_less = [](const Decimal& x, const Decimal& y) {
    const auto point = [](const Decimal& d) {
      return static_cast<int>(d.digits_.size()) + d.exponent_;
    };
    if (point(x) != point(y)) return point(x) < point(y);
    // same place of the first digit: compare digit by digit, the longer one has the larger tail
    const std::string tail_x = x.digits_.substr(0, x.digits_.find_last_not_of('0') + 1);
    const std::string tail_y = y.digits_.substr(0, y.digits_.find_last_not_of('0') + 1);
    return tail_x < tail_y;
  };
  return sign(a) > 0 ? magnitude_less(a, b) : magnitude_less(b, a);
}

}  // namespace strang::config
