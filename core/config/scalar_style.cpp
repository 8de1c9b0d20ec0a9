#include "core/config/scalar_style.h"

#include <fmt/format.h>

#include <string_view>

namespace strang::config {
namespace {

using namespace std::string_view_literals;

bool is_one_of(char32_t c, std::u32string_view set) { return set.find(c) != set.npos; }

bool is_blank_or_end(char32_t c) { return is_one_of(c, U"\0 \t\r\n\x85\u2028\u2029"sv); }

bool is_ordinary(char32_t c) {
  if (c == U'\n' || (c >= 0x20 && c <= 0x7E) || c == 0x85) return true;
  const bool printable =
      (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c < 0x10FFFF);
  return printable && c != 0xFEFF;
}

// A character that a reader would take for the start of something other than text.
bool is_indicator_at_start(const std::u32string& text) {
  if (text.rfind(U"---", 0) == 0 || text.rfind(U"...", 0) == 0) return true;
  if (is_one_of(text[0], U"#,[]{}&*!|>'\"%@`")) return true;
  return is_one_of(text[0], U"?:-") && (text.size() == 1 || is_blank_or_end(text[1]));
}

// ": " (or a colon at the end) and " #".
bool has_inner_indicator(const std::u32string& text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == U':' && (i + 1 == text.size() || is_blank_or_end(text[i + 1]))) return true;
    if (text[i] == U'#' && is_blank_or_end(text[i - 1])) return true;
  }
  return false;
}

}  // namespace

bool is_line_break(char32_t c) { return is_one_of(c, U"\n\x85\u2028\u2029"); }

ScalarStyles allowed_styles(const std::u32string& text) {
  ScalarStyles styles;
  if (text.empty()) return styles;
  bool special = false, space_before_break = false, break_before_space = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    special |= !is_ordinary(text[i]);
    styles.multiline |= is_line_break(text[i]);
    if (i == 0) continue;
    space_before_break |= text[i - 1] == U' ' && is_line_break(text[i]);
    break_before_space |= is_line_break(text[i - 1]) && text[i] == U' ';
  }
  const auto at_edge = [](char32_t c) { return c == U' ' || is_line_break(c); };
  styles.single_quoted = !(special || space_before_break || break_before_space);
  styles.plain = styles.single_quoted && !styles.multiline && !at_edge(text.front()) &&
                 !at_edge(text.back()) && !is_indicator_at_start(text) &&
                 !has_inner_indicator(text);
  return styles;
}

bool is_printable_in_quotes(char32_t c) {
  if (is_one_of(c, U"\"\\\x85\u2028\u2029\uFEFF")) return false;
  return (c >= 0x20 && c <= 0x7E) || (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD);
}

std::string escape_sequence(char32_t c) {
  switch (c) {
    case 0x00:
      return "\\0";
    case 0x07:
      return "\\a";
    case 0x08:
      return "\\b";
    case 0x09:
      return "\\t";
    case 0x0A:
      return "\\n";
    case 0x0B:
      return "\\v";
    case 0x0C:
      return "\\f";
    case 0x0D:
      return "\\r";
    case 0x1B:
      return "\\e";
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case 0x85:
      return "\\N";
    case 0x2028:
      return "\\L";
    case 0x2029:
      return "\\P";
    default:
      break;
  }
  const auto code = static_cast<unsigned>(c);
  if (code <= 0xFF) return fmt::format("\\x{:02X}", code);
  if (code <= 0xFFFF) return fmt::format("\\u{:04X}", code);
  return fmt::format("\\U{:08X}", code);
}

}  // namespace strang::config
