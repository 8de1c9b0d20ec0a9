#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analysis/interval.h"

namespace strang::analysis {

enum class Align { left, right };

struct Column {
  std::string header;
  Align align = Align::right;
  int digits = 3;  // significant digits of numbers in text and Markdown
};

// An empty cell, a text, a count, a number, or a number with its interval.
using Cell = std::variant<std::monostate, std::string, std::int64_t, double, Measured>;

// A table for people (text, Markdown: rounded) and for programs (CSV: every digit).
class TextTable {
 public:
  explicit TextTable(std::vector<Column> columns);

  // As many cells as columns; throws Error otherwise.
  void add_row(std::vector<Cell> row);

  // Columns aligned by two spaces, under a rule; no trailing spaces. Widths count what a terminal
  // shows: UTF-8 combining marks 0, East Asian wide characters and emoji 2.
  std::string text() const;

  // A pipe table of GitHub's Markdown, aligned in its source too. Pipes in cells are escaped.
  std::string markdown() const;

  // RFC 4180 with a line feed at each end: a header, then the rows, doubles in the shortest form
  // that reads back exactly. A column with intervals becomes three: h, "h low", "h high".
  std::string csv() const;

 private:
  std::vector<std::vector<std::string>> printed() const;  // the header and all rows, rounded
  bool has_intervals(std::size_t column) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// Columns that a terminal uses for UTF-8 text.
int display_width(std::string_view text);

}  // namespace strang::analysis
