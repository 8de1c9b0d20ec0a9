#include "core/config/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "core/config/number_text.h"
#include "core/error.h"

namespace strang::config {
namespace {

// A cursor over a candidate number: every function consumes what it matches and tells whether.
class Scan {
 public:
  explicit Scan(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  bool one_of(std::string_view set) {
    if (rest_.empty() || set.find(rest_[0]) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool literal(std::string_view word) {
    if (rest_.substr(0, word.size()) != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool many(std::string_view set) {  // one or more
    if (!one_of(set)) return false;
    while (one_of(set)) {
    }
    return true;
  }
  bool any(std::string_view set) { return many(set) || true; }
  // a sign and digits with single underscores between them
  bool grouped_digits() {
    one_of("+-");
    if (!many("0123456789")) return false;
    while (literal("_"))
      if (!many("0123456789")) return false;
    return true;
  }
  // ":ss" one or more times, seconds and minutes below 60
  bool sexagesimal_tail() {
    bool found = false;
    while (literal(":")) {
      const auto before = rest_;
      if (!(one_of("012345") && one_of("0123456789"))) {
        rest_ = before;
        if (!one_of("0123456789")) return false;
      }
      found = true;
    }
    return found;
  }

 private:
  std::string_view rest_;
};

constexpr std::string_view decimal_digits = "0123456789";
constexpr std::string_view digits_or_underscore = "0123456789_";

enum class Int { none, binary, octal, decimal, hexadecimal, sexagesimal };

template <class Pattern>
bool matches(std::string_view text, const Pattern& pattern) {
  Scan scan(text);
  return pattern(scan) && scan.done();
}

Int int_form(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty() || decimal_digits.find(text[0]) == std::string_view::npos) return Int::none;
  if (text == "0") return Int::decimal;
  if (matches(text, [](Scan& s) { return s.literal("0b") && s.many("01_"); })) return Int::binary;
  if (matches(text, [](Scan& s) { return s.literal("0x") && s.many("0123456789abcdefABCDEF_"); }))
    return Int::hexadecimal;
  if (matches(text, [](Scan& s) { return s.literal("0") && s.many("01234567_"); }))
    return Int::octal;
  const auto leading = [](Scan& s) { return s.one_of("123456789") && s.any(digits_or_underscore); };
  if (matches(text, leading)) return Int::decimal;
  if (matches(text, [&](Scan& s) { return leading(s) && s.sexagesimal_tail(); }))
    return Int::sexagesimal;
  return Int::none;
}

// How the exponent may be written is where the dialects differ.
enum class Exponent { optional_sign, signed_only };

bool exponent(Scan& s, Exponent rule) {
  if (!s.one_of("eE")) return false;
  const bool has_sign = s.one_of("+-");
  return (has_sign || rule == Exponent::optional_sign) && s.many(decimal_digits);
}

bool is_float(std::string_view text, Exponent rule) {
  const auto whole = [](Scan& s) {
    return (s.one_of("+-"), s.one_of(decimal_digits)) && s.any(digits_or_underscore);
  };
  const auto maybe_exponent = [&](Scan& s, Exponent r) { return s.done() || exponent(s, r); };
  if (matches(text, [&](Scan& s) {
        return whole(s) && s.literal(".") && s.any(digits_or_underscore) && maybe_exponent(s, rule);
      }))
    return true;
  if (rule == Exponent::optional_sign &&
      matches(text, [&](Scan& s) { return s.grouped_digits() && exponent(s, rule); }))
    return true;
  if (matches(text, [&](Scan& s) {
        return s.literal(".") && s.one_of(decimal_digits) && s.any(digits_or_underscore) &&
               maybe_exponent(s, Exponent::signed_only);
      }))
    return true;
  if (matches(text, [&](Scan& s) {
        return whole(s) && s.sexagesimal_tail() && s.literal(".") && s.any(digits_or_underscore);
      }))
    return true;
  std::string_view word = text;
  if (!word.empty() && (word[0] == '+' || word[0] == '-')) word.remove_prefix(1);
  if (word == ".inf" || word == ".Inf" || word == ".INF") return true;
  return text == ".nan" || text == ".NaN" || text == ".NAN";
}

template <std::size_t N>
bool is_in(const std::array<std::string_view, N>& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<std::string_view, 9> true_words = {"true", "True", "TRUE", "yes", "Yes",
                                                        "YES",  "on",   "On",   "ON"};
constexpr std::array<std::string_view, 9> false_words = {"false", "False", "FALSE", "no", "No",
                                                         "NO",    "off",   "Off",   "OFF"};
constexpr std::array<std::string_view, 5> null_words = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 4> short_bool_words = {"y", "Y", "n", "N"};

std::string without_underscores(std::string_view text) {
  std::string plain(text);
  plain.erase(std::remove(plain.begin(), plain.end(), '_'), plain.end());
  return plain;
}

bool take_sign(std::string& digits) {
  const bool negative = digits[0] == '-';
  if (digits[0] == '-' || digits[0] == '+') digits.erase(0, 1);
  return negative;
}

// Value of "1:30:15.5" in seconds.
double sexagesimal(const std::string& text) {
  double value = 0;
  std::size_t start = 0;
  for (std::size_t colon = text.find(':'); start <= text.size(); colon = text.find(':', start)) {
    const auto part = text.substr(start, colon - start);
    value = value * 60 + text_to_float(part).value_or(0);
    if (colon == std::string::npos) break;
    start = colon + 1;
  }
  return value;
}

std::int64_t int_value(std::string_view text, Int form) {
  std::string digits = without_underscores(text);
  const bool negative = take_sign(digits);
  const std::string sign = negative ? "-" : "";
  switch (form) {
    case Int::binary:
      return checked_int(sign + digits.substr(2), 2);
    case Int::hexadecimal:
      return checked_int(sign + digits.substr(2), 16);
    case Int::octal:
      return checked_int(sign + digits, 8);
    case Int::sexagesimal: {
      const double seconds = sexagesimal(digits);
      require(seconds < 9e15, "sexagesimal integer {} is too large", text);
      return static_cast<std::int64_t>(negative ? -seconds : seconds);
    }
    default:
      return checked_int(sign + digits);
  }
}

double float_value(std::string_view text) {
  std::string digits = without_underscores(text);
  const bool negative = take_sign(digits);
  if (digits.size() == 4 && digits[0] == '.' && (digits[1] == 'i' || digits[1] == 'I'))
    return negative ? -HUGE_VAL : HUGE_VAL;
  if (digits.size() == 4 && digits[0] == '.' && (digits[1] == 'n' || digits[1] == 'N'))
    return std::numeric_limits<double>::quiet_NaN();
  if (digits.find(':') != std::string::npos)
    return negative ? -sexagesimal(digits) : sexagesimal(digits);
  const auto value = text_to_float(digits);
  require(value.has_value(), "'{}' is no number", text);
  return negative ? -*value : *value;
}

// "2024-01-31", or a date with a time: other readers take it for a date.
bool looks_like_timestamp(std::string_view text) {
  const auto digits = [](Scan& s, int least, int most) {
    int n = 0;
    while (n < most && s.one_of(decimal_digits)) ++n;
    return n >= least;
  };
  if (matches(text, [&](Scan& s) {
        return digits(s, 4, 4) && s.literal("-") && digits(s, 2, 2) && s.literal("-") &&
               digits(s, 2, 2);
      }))
    return true;
  return matches(text, [&](Scan& s) {
    if (!(digits(s, 4, 4) && s.literal("-") && digits(s, 1, 2) && s.literal("-") &&
          digits(s, 1, 2)))
      return false;
    if (!s.one_of("Tt") && !s.many(" \t")) return false;
    if (!(digits(s, 1, 2) && s.literal(":") && digits(s, 2, 2) && s.literal(":") &&
          digits(s, 2, 2)))
      return false;
    if (s.literal(".")) s.any(decimal_digits);
    if (s.done()) return true;
    s.any(" \t");
    if (s.literal("Z")) return true;
    if (!(s.one_of("+-") && digits(s, 1, 2))) return false;
    return s.done() || (s.literal(":") && digits(s, 2, 2));
  });
}

}  // namespace

Node::Value plain_scalar(std::string_view text) {
  if (is_in(null_words, text)) return Null{};
  if (text == "???") return Missing{};
  require(text != "=", "a plain '=' is no value (quote it)");
  if (is_in(true_words, text)) return true;
  if (is_in(false_words, text)) return false;
  const char first = text[0];
  const bool may_be_number = decimal_digits.find(first) != std::string_view::npos || first == '-' ||
                             first == '+' || first == '.';
  if (!may_be_number) return std::string(text);
  if (const Int form = int_form(text); form != Int::none) return int_value(text, form);
  if (is_float(text, Exponent::optional_sign)) return float_value(text);
  return std::string(text);
}

Node::Value tagged_scalar(std::string_view tag, std::string_view text) {
  if (tag == "str") return text == "???" ? Node::Value(Missing{}) : Node::Value(std::string(text));
  if (tag == "null") return Null{};
  if (tag == "int") {
    const Int form = int_form(text);
    require(form != Int::none, "'{}' is tagged as an integer, but it is none", text);
    return int_value(text, form);
  }
  if (tag == "float") {
    require(!text.empty(), "an empty scalar is tagged as a float");
    return float_value(text);
  }
  if (tag == "bool") {
    require(is_in(true_words, text) || is_in(false_words, text),
            "'{}' is tagged as a bool, but it is none", text);
    return is_in(true_words, text);
  }
  throw UsageError(fmt::format("unknown tag '!!{}' (allowed: str, int, float, bool, null)", tag));
}

Key scalar_key(const Node& scalar) {
  if (scalar.is_null()) return Key("null", Key::Kind::null);
  if (scalar.is_missing()) return Key("?\?\?");
  if (scalar.is_bool()) return Key(scalar.boolean() ? "true" : "false", Key::Kind::boolean);
  if (scalar.is_int()) return Key(std::to_string(scalar.integer()), Key::Kind::integer);
  if (scalar.is_float()) return Key(float_text(scalar.floating()), Key::Kind::floating);
  return Key(scalar.text());
}

bool needs_quotes(std::string_view text) {
  if (is_in(null_words, text) || is_in(true_words, text) || is_in(false_words, text) ||
      is_in(short_bool_words, text))
    return true;
  if (text == "<<" || text == "=") return true;
  if (int_form(text) != Int::none || is_float(text, Exponent::signed_only)) return true;
  return spells_int(text) || text_to_float(text).has_value() || looks_like_timestamp(text);
}

}  // namespace strang::config
