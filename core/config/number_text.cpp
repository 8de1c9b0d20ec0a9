#include "core/config/number_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "core/config/utf8.h"
#include "core/error.h"

namespace strang::config {
namespace {

// First code point (the zero) of every run of ten decimal digits outside ASCII (Unicode category
// Nd).
constexpr char32_t digit_zeros[] = {
    0x660,   0x6f0,   0x7c0,   0x966,   0x9e6,   0xa66,   0xae6,   0xb66,   0xbe6,   0xc66,
    0xce6,   0xd66,   0xde6,   0xe50,   0xed0,   0xf20,   0x1040,  0x1090,  0x17e0,  0x1810,
    0x1946,  0x19d0,  0x1a80,  0x1a90,  0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,  0xa8d0,
    0xa900,  0xa9d0,  0xa9f0,  0xaa50,  0xabf0,  0xff10,  0x104a0, 0x10d30, 0x11066, 0x110f0,
    0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950,
    0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec,
    0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0};

bool is_blank(char32_t c) {
  return (c >= 0x9 && c <= 0xd) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
         c == 0x205f || c == 0x3000;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

char to_ascii(char32_t c) {
  if (c < 0x80) return static_cast<char>(c);
  const auto* zero = std::find_if(std::begin(digit_zeros), std::end(digit_zeros),
                                  [&](char32_t z) { return c >= z && c < z + 10; });
  return zero == std::end(digit_zeros) ? '?' : static_cast<char>('0' + (c - *zero));
}

// The text without surrounding blanks, digits of other scripts as ASCII digits, underscores between
// two digits dropped. Anything else that is no ASCII becomes '?', which no number contains.
std::string normalized(std::string_view text) {
  std::string ascii;
  std::u32string points = to_code_points(text);
  while (!points.empty() && is_blank(points.back())) points.pop_back();
  const auto first = std::find_if_not(points.begin(), points.end(), is_blank);
  std::for_each(first, points.end(), [&](char32_t c) { ascii += to_ascii(c); });
  std::string out;
  for (std::size_t i = 0; i < ascii.size(); ++i) {
    const bool between_digits =
        i > 0 && i + 1 < ascii.size() && is_digit(ascii[i - 1]) && is_digit(ascii[i + 1]);
    if (ascii[i] != '_' || !between_digits) out += ascii[i];
  }
  return out;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

bool spells_normalized_int(std::string_view text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

double out_of_range_value(std::string_view text, bool negative) {
  // from_chars reports overflow and underflow alike: the sign of the decimal exponent tells which.
  const auto e = text.find_first_of("eE");
  const bool tiny = e != std::string_view::npos ? text[e + 1] == '-' : text[0] == '0';
  const double magnitude = tiny ? 0.0 : std::numeric_limits<double>::infinity();
  return negative ? -magnitude : magnitude;
}

}  // namespace

std::string float_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                 std::chars_format::scientific)
                       .ptr;
  std::string digits(buffer.data(), end);
  const auto e = digits.find('e');
  const int exponent = std::stoi(digits.substr(e + 1));
  digits.resize(e);
  if (digits.size() > 1) digits.erase(1, 1);
  const std::string sign = std::signbit(value) ? "-" : "";
  if (exponent < -4 || exponent >= 16) {
    if (digits.size() > 1) digits.insert(digits.begin() + 1, '.');
    return fmt::format("{}{}e{}{:02}", sign, digits, exponent < 0 ? '-' : '+', std::abs(exponent));
  }
  if (exponent < 0)
    return fmt::format("{}0.{:0>{}}{}", sign, "", static_cast<std::size_t>(-exponent) - 1, digits);
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return fmt::format("{}{:0<{}}.0", sign, digits, whole);
  return fmt::format("{}{}.{}", sign, digits.substr(0, whole), digits.substr(whole));
}

bool spells_int(std::string_view text) { return spells_normalized_int(normalized(text)); }

std::optional<std::int64_t> text_to_int(std::string_view text) {
  const std::string plain = normalized(text);
  if (!spells_normalized_int(plain)) return std::nullopt;
  return checked_int(plain);
}

std::optional<double> text_to_float(std::string_view text) {
  std::string plain = lower(normalized(text));
  const bool negative = !plain.empty() && plain[0] == '-';
  if (!plain.empty() && (plain[0] == '+' || plain[0] == '-')) plain.erase(0, 1);
  if (plain.empty() || plain[0] == '+' || plain[0] == '-') return std::nullopt;
  if (plain.front() == '.' && (plain.size() == 1 || !is_digit(plain[1]))) return std::nullopt;
  if (plain.compare(0, 4, "nan(") == 0) return std::nullopt;
  double value = 0;
  const auto [end, status] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (status == std::errc::invalid_argument || end != plain.data() + plain.size())
    return std::nullopt;
  if (status == std::errc::result_out_of_range) return out_of_range_value(plain, negative);
  return negative ? -value : value;
}

std::int64_t checked_int(std::string_view digits, int base) {
  std::string_view number = digits;
  if (!number.empty() && number[0] == '+') number.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, status] =
      std::from_chars(number.data(), number.data() + number.size(), value, base);
  require(status != std::errc::result_out_of_range,
          "integer {} does not fit into 64 bits (allowed: {} to {})", digits,
          std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
  require(status == std::errc{} && end == number.data() + number.size(), "'{}' is no integer",
          digits);
  return value;
}

}  // namespace strang::config
