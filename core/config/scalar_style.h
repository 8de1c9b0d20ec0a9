#pragma once

#include <string>

namespace strang::config {

// Which styles can carry a text in block YAML without loss.
struct ScalarStyles {
  bool multiline = false;
  bool plain = true;
  bool single_quoted = true;
};

ScalarStyles allowed_styles(const std::u32string& text);

// YAML's own line breaks: line feed, next line, line and paragraph separator.
bool is_line_break(char32_t c);

// True when the character stands for itself between double quotes.
bool is_printable_in_quotes(char32_t c);

// The escape sequence of a character between double quotes ("\\n", "\\xe9").
std::string escape_sequence(char32_t c);

}  // namespace strang::config
