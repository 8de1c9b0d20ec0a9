// The integer times of released samplers, from T = 1000 indices.

#include <gtest/gtest.h>

#include <cmath>

#include "tests/processes/plugins.h"

namespace strang {
namespace {

using test::process;
using test::schedule;

// The indices of a grid, from its times (i + 1) / T; -1 is the data.
std::vector<int> indices(const std::string& options, int steps) {
  const auto p = process("{name: vp_discrete}");
  std::vector<int> indices;
  for (const double t : schedule("{name: discrete" + options + "}")->times(*p, steps)) {
    const double index = t * 1000 - 1;
    EXPECT_NEAR(index, std::round(index), 1e-10);
    indices.push_back(static_cast<int>(std::lround(index)));
  }
  return indices;
}

TEST(discrete, leading_counts_in_whole_steps_from_index_zero) {
  EXPECT_EQ(indices("", 4), (std::vector{750, 500, 250, 0, -1}));
  EXPECT_EQ(indices(", offset: 1", 4), (std::vector{751, 501, 251, 1, -1}));
  EXPECT_EQ(indices("", 3), (std::vector{666, 333, 0, -1}));
}

TEST(discrete, trailing_starts_at_the_last_index) {
  EXPECT_EQ(indices(", spacing: trailing", 4), (std::vector{999, 749, 499, 249, -1}));
  EXPECT_EQ(indices(", spacing: trailing", 3), (std::vector{999, 666, 332, -1}));
}

TEST(discrete, linspace_holds_both_ends) {
  EXPECT_EQ(indices(", spacing: linspace", 4), (std::vector{999, 666, 333, 0, -1}));
  EXPECT_EQ(indices(", spacing: linspace", 1), (std::vector{0, -1}));
}

TEST(discrete, quadratic_is_the_one_of_ddim) {
  EXPECT_EQ(indices(", spacing: quadratic", 5), (std::vector{800, 450, 200, 50, 0, -1}));
}

TEST(discrete, may_end_at_index_zero) {
  EXPECT_EQ(indices(", offset: 1, last: first", 4), (std::vector{751, 501, 251, 1, 0}));
  const std::string message = test::usage_error([] { indices(", last: first", 4); });
  EXPECT_NE(message.find("index 0 at step 3"), std::string::npos) << message;
}

TEST(discrete, refuses_more_steps_than_indices_and_indices_beyond_the_last) {
  EXPECT_NE(test::usage_error([] { indices("", 1001); }).find("no grid of 1001"),
            std::string::npos);
  EXPECT_NE(test::usage_error([] { indices(", offset: 300", 4); }).find("beyond the last"),
            std::string::npos);
}

}  // namespace
}  // namespace strang
