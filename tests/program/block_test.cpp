#include "core/program/block.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "tests/files/message.h"

namespace strang {
namespace {

using test::contains, test::message_of;

const Block a = {2, 1, 0.5, 3};
const Block b = {1, -1, 4, 0.25};

void expect_near(const Block& found, const Block& expected, double tolerance) {
  ASSERT_EQ(found.slots(), expected.slots());
  for (int r = 0; r < found.slots(); ++r)
    for (int c = 0; c < found.slots(); ++c) EXPECT_NEAR(found(r, c), expected(r, c), tolerance);
}

TEST(block, entries_are_row_major) {
  EXPECT_EQ(a.slots(), 2);
  EXPECT_EQ(a(0, 1), 1);
  EXPECT_EQ(a(1, 0), 0.5);
  EXPECT_EQ(Block({1, 2, 3, 4, 5, 6, 7, 8, 9})(2, 1), 8);
}

TEST(block, a_number_is_one_by_one) {
  EXPECT_EQ(Block(2.5).slots(), 1);
  EXPECT_EQ(Block(2.5).value(), 2.5);
  EXPECT_THROW(a.value(), Error);
  EXPECT_EQ(Block().slots(), 0);
}

TEST(block, only_squares_of_at_most_three_slots_exist) {
  EXPECT_THROW(Block({1, 2, 3}), Error);
  EXPECT_THROW(Block({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}), Error);
  EXPECT_THROW(Block({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}), Error);
  EXPECT_THROW(Block::zero(0), Error);
  EXPECT_THROW(Block::zero(4), Error);
}

TEST(block, arithmetic_is_that_of_matrices) {
  EXPECT_EQ(a + b, Block({3, 0, 4.5, 3.25}));
  EXPECT_EQ(a - b, Block({1, 2, -3.5, 2.75}));
  EXPECT_EQ(a * b, Block({6, -1.75, 12.5, 0.25}));
  EXPECT_EQ(-a, Block({-2, -1, -0.5, -3}));
  EXPECT_EQ(2.0 * a, a * 2.0);
  EXPECT_EQ(a / 2.0, Block({1, 0.5, 0.25, 1.5}));
  EXPECT_EQ(a.transpose(), Block({2, 0.5, 1, 3}));
  EXPECT_EQ(b.abs(), Block({1, 1, 4, 0.25}));
}

TEST(block, sizes_must_agree) {
  EXPECT_THROW(a + Block(1), Error);
  EXPECT_THROW(a * Block(1), Error);
}

TEST(block, inverse_undoes) {
  expect_near(a * a.inverse(), Block::identity(2), 1e-15);
  const Block needs_pivot = {0, 2, 0, 0, 0, 4, 5, 0, 0};
  expect_near(needs_pivot * needs_pivot.inverse(), Block::identity(3), 1e-15);
  EXPECT_EQ(Block(4).inverse(), Block(0.25));
  EXPECT_TRUE(contains(message_of<Error>([] { Block({1, 2, 2, 4}).inverse(); }), "singular"));
}

TEST(block, cholesky_is_the_lower_root) {
  const Block k = {4, 2, 2, 5}, root = k.cholesky();
  EXPECT_EQ(root, Block({2, 0, 1, 2}));
  expect_near(root * root.transpose(), k, 1e-15);
  EXPECT_EQ(Block::zero(2).cholesky(), Block::zero(2));
  EXPECT_EQ(Block({0, 0, 0, 9}).cholesky(), Block({0, 0, 0, 3}));
  EXPECT_THROW(Block({1, 2, 2, 1}).cholesky(), Error);
}

TEST(block, predicates_see_every_entry) {
  EXPECT_TRUE(Block::zero(2).is_zero());
  EXPECT_FALSE(Block({0, 0, 0, 1e-300}).is_zero());
  EXPECT_TRUE(Block::identity(3).is_identity());
  EXPECT_FALSE(Block({1, 0, 1e-16, 1}).is_identity());
  EXPECT_FALSE(Block({1, 0, std::nan(""), 1}).is_finite());
  EXPECT_FALSE(Block({1, 0, 0, std::numeric_limits<double>::infinity()}).is_finite());
}

TEST(block, is_printed_in_rows) {
  EXPECT_EQ(Block(0.5).describe(), "0.5");
  EXPECT_EQ(Block({1, 0, 0.25, 1}).describe(), "[[1, 0], [0.25, 1]]");
  EXPECT_EQ(Block(1.0 / 3).describe(3), "0.333");
  EXPECT_EQ(Block().describe(), "absent");
}

}  // namespace
}  // namespace strang
