#include "analysis/text_table.h"

#include <algorithm>
#include <numeric>

#include "analysis/number_text.h"
#include "core/error.h"

namespace strang::analysis {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;  // clang 14 does not deduce it

std::string rounded(const Cell& cell, int digits) {
  return std::visit(Overloaded{[](std::monostate) { return std::string(); },
                               [](const std::string& text) { return text; },
                               [](std::int64_t count) { return std::to_string(count); },
                               [&](const auto& number) { return significant(number, digits); }},
                    cell);
}

std::string quoted(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + "\"";
}

void append_exact(std::vector<std::string>& fields, const Cell& cell, bool with_interval) {
  std::vector<std::string> bounds(with_interval ? 2 : 0);
  if (const auto* measured = std::get_if<Measured>(&cell)) {
    fields.push_back(exact(measured->value));
    bounds = {exact(measured->interval.low), exact(measured->interval.high)};
  } else if (const auto* number = std::get_if<double>(&cell)) {
    fields.push_back(exact(*number));
  } else {
    fields.push_back(quoted(rounded(cell, 0)));
  }
  fields.insert(fields.end(), bounds.begin(), bounds.end());
}

std::string padded(const std::string& text, int width, Align align) {
  const std::string spaces(static_cast<std::size_t>(std::max(0, width - display_width(text))), ' ');
  return align == Align::left ? text + spaces : spaces + text;
}

std::vector<int> widths(const std::vector<std::vector<std::string>>& lines, int least) {
  std::vector<int> result(lines.front().size(), least);
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i)
      result[i] = std::max(result[i], display_width(line[i]));
  return result;
}

std::string without_trailing_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string rule(int width, Align align) {
  const std::string dashes(static_cast<std::size_t>(width - 1), '-');
  return align == Align::left ? ":" + dashes : dashes + ":";
}

bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
         (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
         (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
         (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) ||
         (c >= 0x20000 && c <= 0x3fffd);
}

bool is_combining(char32_t c) {
  return (c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe00 && c <= 0xfe0f);
}

// The code point that starts at text[at]; a stray byte counts as one character.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  char32_t code = more == 0 ? first : first & (0x3f >> more);
  for (int i = 0; i < more && at < text.size() && (text[at] & 0xc0) == 0x80; ++i)
    code = code << 6 | (text[at++] & 0x3f);
  return code;
}

}  // namespace

int display_width(std::string_view text) {
  int width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t code = next_code_point(text, at);
    width += is_combining(code) ? 0 : is_wide(code) ? 2 : 1;
  }
  return width;
}

TextTable::TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {
  ensure(!columns_.empty(), "a table needs a column");
}

void TextTable::add_row(std::vector<Cell> row) {
  ensure(row.size() == columns_.size(), "a table row of {} cells for {} columns", row.size(),
         columns_.size());
  rows_.push_back(std::move(row));
}

std::vector<std::vector<std::string>> TextTable::printed() const {
  std::vector<std::vector<std::string>> lines(1);
  for (const Column& column : columns_) lines[0].push_back(column.header);
  for (const auto& row : rows_) {
    std::vector<std::string> line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line.push_back(rounded(row[i], columns_[i].digits));
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string TextTable::text() const {
  const auto lines = printed();
  const std::vector<int> width = widths(lines, 0);
  const int gaps = 2 * static_cast<int>(width.size() - 1);
  const int total = std::accumulate(width.begin(), width.end(), gaps);
  std::string result;
  for (const auto& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i)
      row += (i > 0 ? "  " : "") + padded(line[i], width[i], columns_[i].align);
    result += without_trailing_spaces(row) + "\n";
    if (&line == &lines.front()) result += std::string(static_cast<std::size_t>(total), '-') + "\n";
  }
  return result;
}

std::string TextTable::markdown() const {
  auto lines = printed();
  for (auto& line : lines)
    for (std::string& cell : line)
      for (std::size_t at = 0; (at = cell.find('|', at)) != std::string::npos; at += 2)
        cell.insert(at, 1, '\\');
  const std::vector<int> width = widths(lines, 3);
  std::vector<std::string> rules;
  for (std::size_t i = 0; i < width.size(); ++i) rules.push_back(rule(width[i], columns_[i].align));
  lines.insert(lines.begin() + 1, rules);
  std::string result;
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i)
      result += fmt::format("| {} ", padded(line[i], width[i], columns_[i].align));
    result += "|\n";
  }
  return result;
}

bool TextTable::has_intervals(std::size_t column) const {
  return std::any_of(rows_.begin(), rows_.end(), [&](const auto& row) {
    return std::holds_alternative<Measured>(row[column]);
  });
}

std::string TextTable::csv() const {
  std::vector<std::string> header;
  std::vector<bool> intervals;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    intervals.push_back(has_intervals(i));
    header.push_back(quoted(columns_[i].header));
    if (!intervals[i]) continue;
    header.push_back(quoted(columns_[i].header + " low"));
    header.push_back(quoted(columns_[i].header + " high"));
  }
  std::string result = fmt::format("{}\n", fmt::join(header, ","));
  for (const auto& row : rows_) {
    std::vector<std::string> fields;
    for (std::size_t i = 0; i < row.size(); ++i) append_exact(fields, row[i], intervals[i]);
    result += fmt::format("{}\n", fmt::join(fields, ","));
  }
  return result;
}

}  // namespace strang::analysis
