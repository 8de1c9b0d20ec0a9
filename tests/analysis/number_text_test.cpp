#include "analysis/number_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace strang::analysis {
namespace {

TEST(NumberText, all_significant_digits_are_shown_and_no_more) {
  EXPECT_EQ(significant(1.0), "1.00");
  EXPECT_EQ(significant(0.0123456), "0.0123");
  EXPECT_EQ(significant(0.00123456), "1.23e-03");
  EXPECT_EQ(significant(-123.456), "-123");
  EXPECT_EQ(significant(1234.5), "1234");
  EXPECT_EQ(significant(12345.6), "1.23e+04");
  EXPECT_EQ(significant(12345.67, 6), "12345.7");
  EXPECT_EQ(significant(7.4, 1), "7");
}

TEST(NumberText, rounding_may_raise_the_exponent) {
  EXPECT_EQ(significant(9.996), "10.0");
  EXPECT_EQ(significant(0.009999), "0.0100");
  EXPECT_EQ(significant(9999.9), "1.00e+04");
}

TEST(NumberText, zero_and_what_is_not_finite_are_themselves) {
  EXPECT_EQ(significant(0.0), "0");
  EXPECT_EQ(significant(std::nan("")), "nan");
  EXPECT_EQ(significant(-std::numeric_limits<double>::infinity()), "-inf");
}

TEST(NumberText, an_interval_has_one_digit_less) {
  EXPECT_EQ(significant(Measured{1.23e-3, {1.1e-3, 1.4e-3}}), "1.23e-03 [1.1e-03, 1.4e-03]");
  EXPECT_EQ(significant(Measured{0.5, {0.4, 0.6}}, 1), "0.5 [0.4, 0.6]");
  // Narrow ones show what sets their bounds apart.
  EXPECT_EQ(significant(Measured{1.19, {1.183, 1.193}}), "1.19 [1.183, 1.193]");
}

TEST(NumberText, exact_text_reads_back_as_the_same_number) {
  for (const double value : {0.1, 1e-300, 1.0 / 3, 123456789.0})
    EXPECT_EQ(std::stod(exact(value)), value);
  EXPECT_EQ(exact(0.1), "0.1");
}

}  // namespace
}  // namespace strang::analysis
