#include "core/config/quoted_scalar.h"

#include <charconv>

#include "core/config/utf8.h"

namespace strang::config {
namespace {

constexpr std::string_view line_break_forms[] = {"\n",       "\r\n",         "\r",
                                                 "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};

// The line break at a position, or an empty view.
std::string_view break_at(std::string_view text, std::size_t at) {
  for (const auto separator : line_break_forms)
    if (text.substr(at, separator.size()) == separator) return separator;
  return {};
}

// Only the Unicode separators stay what they are.
std::string_view normal(std::string_view line_break) {
  return line_break.size() == 3 ? line_break : std::string_view("\n");
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

// Line breaks and the blanks around them, from the first break on; `count` of them.
std::string take_breaks(std::string_view text, std::size_t& at, int& count) {
  std::string breaks;
  for (auto b = break_at(text, at); !b.empty(); b = break_at(text, at)) {
    if (count++ > 0 || normal(b) != "\n") breaks += normal(b);
    at = skip_blanks(text, at + b.size());
  }
  return breaks;
}

// Blanks and line breaks between two words. One line feed alone folds into a blank; of more, the
// first line feed is dropped and the others stay.
std::string fold(std::string_view text, std::size_t& at) {
  const std::size_t start = at;
  at = skip_blanks(text, at);
  int count = 0;
  const std::string breaks = take_breaks(text, at, count);
  if (count == 0) return std::string(text.substr(start, at - start));
  return breaks.empty() ? " " : breaks;
}

char32_t simple_escape(char c) {
  switch (c) {
    case '0':
      return 0x00;
    case 'a':
      return 0x07;
    case 'b':
      return 0x08;
    case 't':
      return 0x09;
    case 'n':
      return 0x0A;
    case 'v':
      return 0x0B;
    case 'f':
      return 0x0C;
    case 'r':
      return 0x0D;
    case 'e':
      return 0x1B;
    case 'N':
      return 0x85;
    case '_':
      return 0xA0;
    case 'L':
      return 0x2028;
    case 'P':
      return 0x2029;
    default:
      return static_cast<unsigned char>(c);
  }
}

// The escape behind a backslash: a character, a code, or a line break that does not count.
void take_escape(std::string_view text, std::size_t& at, std::string& value) {
  if (!break_at(text, at).empty()) {
    int count = 0;
    value += take_breaks(text, at, count);
    return;
  }
  const char kind = at < text.size() ? text[at] : '\0';
  ++at;
  const std::size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
  if (digits == 0 || at + digits > text.size()) return append_utf8(value, simple_escape(kind));
  unsigned code = 0;
  std::from_chars(text.data() + at, text.data() + at + digits, code, 16);
  append_utf8(value, code);
  at += digits;
}

}  // namespace

std::optional<std::string> quoted_scalar(std::string_view text, std::size_t begin) {
  if (begin >= text.size() || (text[begin] != '\'' && text[begin] != '"')) return std::nullopt;
  const char quote = text[begin];
  std::string value;
  for (std::size_t at = begin + 1; at < text.size();) {
    const char c = text[at];
    if (c == quote) {
      if (quote == '"' || text.substr(at, 2) != "''") return value;
      value += '\'';
      at += 2;
    } else if (c == '\\' && quote == '"') {
      take_escape(text, ++at, value);
    } else if (c == ' ' || c == '\t' || !break_at(text, at).empty()) {
      value += fold(text, at);
    } else {
      value += c;
      ++at;
    }
  }
  return std::nullopt;
}

}  // namespace strang::config
