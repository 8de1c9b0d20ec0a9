#include "analysis/text_table.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace strang::analysis {
namespace {

TextTable sample() {
  TextTable table({{"method", Align::left}, {"NFE"}, {"σ error"}});
  table.add_row({std::string("heun"), std::int64_t{35}, Measured{1.234e-3, {1.1e-3, 1.4e-3}}});
  table.add_row({std::string("a|b, \"c\""), {}, 0.1});
  return table;
}

TEST(TextTable, text_is_aligned_without_trailing_spaces) {
  EXPECT_EQ(sample().text(),
            "method    NFE                      σ error\n"
            "------------------------------------------\n"
            "heun       35  1.23e-03 [1.1e-03, 1.4e-03]\n"
            "a|b, \"c\"                             0.100\n");
}

TEST(TextTable, markdown_is_aligned_and_escapes_pipes) {
  EXPECT_EQ(sample().markdown(),
            "| method    | NFE |                     σ error |\n"
            "| :-------- | --: | --------------------------: |\n"
            "| heun      |  35 | 1.23e-03 [1.1e-03, 1.4e-03] |\n"
            "| a\\|b, \"c\" |     |                       0.100 |\n");
}

TEST(TextTable, csv_keeps_every_digit_and_splits_intervals) {
  EXPECT_EQ(sample().csv(),
            "method,NFE,σ error,σ error low,σ error high\n"
            "heun,35,0.001234,0.0011,0.0014\n"
            "\"a|b, \"\"c\"\"\",,0.1,,\n");
}

TEST(TextTable, width_counts_what_a_terminal_shows) {
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("größer λ"), 8);
  EXPECT_EQ(display_width("e\u0301"), 1) << "a combining accent";
  EXPECT_EQ(display_width("拡散"), 4);
  EXPECT_EQ(display_width("🙂"), 2);
  EXPECT_EQ(display_width("\xff\xc3"), 2) << "broken UTF-8 is counted, not read beyond its end";
}

TEST(TextTable, a_row_has_as_many_cells_as_there_are_columns) {
  TextTable table({{"a"}, {"b"}});
  EXPECT_THROW(table.add_row({1.0}), Error);
}

}  // namespace
}  // namespace strang::analysis
