#include "core/config/emitter.h"

#include "core/config/scalar_style.h"
#include "core/config/utf8.h"
#include "core/config/yaml_scalar.h"

namespace strang::config {
namespace {
constexpr int width = 80;
}

void Emitter::put(std::string_view text, std::size_t columns) {
  out_ += text;
  column_ += static_cast<int>(columns);
}

void Emitter::put(const std::u32string& text, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) append_utf8(out_, text[i]);
  column_ += static_cast<int>(to - from);
}

void Emitter::indicator(std::string_view text, bool needs_blank, bool indents) {
  if (needs_blank && !blank_last_) put(" ", 1);
  put(text, text.size());
  blank_last_ = false;
  only_indented_ = only_indented_ && indents;
}

void Emitter::start_line() {
  const int target = indent < 0 ? 0 : indent;
  if (!only_indented_ || column_ > target || (column_ == target && !blank_last_)) line_break();
  if (column_ < target) {
    blank_last_ = true;
    put(std::string(static_cast<std::size_t>(target - column_), ' '),
        static_cast<std::size_t>(target - column_));
  }
}

void Emitter::end_line() {
  if (!out_.empty() && out_.back() != '\n') out_ += '\n';
}

void Emitter::line_break(char32_t c) {
  blank_last_ = true;
  only_indented_ = true;
  append_utf8(out_, c);
  column_ = 0;
}

// One break alone would be folded into a blank by the reader, so a line feed is written twice.
void Emitter::line_breaks(const std::u32string& text, std::size_t from, std::size_t to) {
  if (text[from] == U'\n') line_break();
  for (std::size_t i = from; i < to; ++i) line_break(text[i]);
  start_line();
}

void Emitter::plain(std::string_view text) { indicator(text, true); }

void Emitter::string(const std::string& text, bool as_short_key) {
  const std::u32string points = to_code_points(text);
  const ScalarStyles styles = allowed_styles(points);
  if (styles.plain && !needs_quotes(text)) {
    write_plain(points, !as_short_key);
  } else if (styles.single_quoted && !(as_short_key && styles.multiline)) {
    write_single_quoted(points, !as_short_key);
  } else {
    write_double_quoted(points, !as_short_key);
  }
}

// Words and single blanks alternate; a single blank beyond the width becomes a line break.
void Emitter::write_plain(const std::u32string& text, bool fold) {
  if (!blank_last_) put(" ", 1);
  blank_last_ = false;
  only_indented_ = false;
  for (std::size_t start = 0; start < text.size();) {
    const bool blanks = text[start] == U' ';
    std::size_t end = start;
    while (end < text.size() && (text[end] == U' ') == blanks) ++end;
    if (blanks && end == start + 1 && column_ > width && fold) {
      start_line();
      blank_last_ = false;
      only_indented_ = false;
    } else {
      put(text, start, end);
    }
    start = end;
  }
}

void Emitter::write_single_quoted(const std::u32string& text, bool fold) {
  indicator("'", true);
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = start;
    if (text[start] == U' ') {
      while (end < text.size() && text[end] == U' ') ++end;
      const bool inside = start != 0 && end != text.size();
      if (end == start + 1 && column_ > width && fold && inside)
        start_line();
      else
        put(text, start, end);
    } else if (is_line_break(text[start])) {
      while (end < text.size() && is_line_break(text[end])) ++end;
      line_breaks(text, start, end);
    } else if (text[start] == U'\'') {
      put("''", 2);
      ++end;
    } else {
      while (end < text.size() && text[end] != U' ' && text[end] != U'\'' &&
             !is_line_break(text[end]))
        ++end;
      put(text, start, end);
    }
    start = end;
  }
  indicator("'", false);
}

// A folded line ends in a backslash, and starts with one where the next character is a blank.
void Emitter::write_double_quoted(const std::u32string& text, bool fold) {
  indicator("\"", true);
  std::size_t start = 0;  // first character that is not written yet
  for (std::size_t end = 0; end <= text.size(); ++end) {
    const bool last = end == text.size();
    if (last || !is_printable_in_quotes(text[end])) {
      put(text, start, end);
      start = end;
      if (!last) {
        const std::string escape = escape_sequence(text[end]);
        put(escape, escape.size());
        start = end + 1;
      }
    }
    const bool may_fold =
        fold && end > 0 && end + 1 < text.size() && (text[end] == U' ' || start >= end);
    const int pending = static_cast<int>(end) - static_cast<int>(start);
    if (may_fold && column_ + pending > width) {
      if (start < end) {
        put(text, start, end);
        start = end;
      }
      put("\\", 1);
      start_line();
      blank_last_ = false;
      only_indented_ = false;
      if (text[start] == U' ') put("\\", 1);
    }
  }
  indicator("\"", false);
}

}  // namespace strang::config
