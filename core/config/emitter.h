#pragma once

#include <string>
#include <string_view>

namespace strang::config {

// Writes YAML text and knows where it stands: column, indentation, and whether a blank or a line
// break came last. Scalars are folded at blanks once a line is longer than 80 columns.
class Emitter {
 public:
  std::string take() { return std::move(out_); }

  // "-", "?", ":" and quotes; a blank before it where one is needed.
  void indicator(std::string_view text, bool needs_blank, bool indents = false);
  // Starts a line at the current indentation unless the text already stands there.
  void start_line();
  void end_line();

  // A scalar in the nicest style that keeps it a string. Long ones fold unless they are short keys.
  void string(const std::string& text, bool as_short_key);
  // Text that needs no quotes: numbers, booleans, null, flow brackets.
  void plain(std::string_view text);

  int indent = -1;  // column of the enclosing block; -1 before the first

 private:
  void put(std::string_view text, std::size_t columns);
  void put(const std::u32string& text, std::size_t from, std::size_t to);
  void line_break(char32_t c = U'\n');
  void line_breaks(const std::u32string& text, std::size_t from, std::size_t to);
  void write_plain(const std::u32string& text, bool fold);
  void write_single_quoted(const std::u32string& text, bool fold);
  void write_double_quoted(const std::u32string& text, bool fold);

  std::string out_;
  int column_ = 0;
  bool blank_last_ = true;     // a blank or the start of a line came last
  bool only_indented_ = true;  // only indentation and block indicators on this line so far
};

}  // namespace strang::config
