#include "core/config/node.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/config/number_text.h"
#include "core/error.h"

namespace strang::config {
namespace {

TEST(Node, paths_reach_into_maps_and_lists) {
  Node tree;
  tree.set_path("a.b", Node(std::int64_t{1}));
  tree.set("l", Node(Node::List{Node(true), Node(2.5)}));
  EXPECT_EQ(tree.at_path("a.b")->integer(), 1);
  EXPECT_EQ(tree.at_path("l.1")->floating(), 2.5);
  EXPECT_EQ(tree.at_path("l[1]"), tree.at_path("l.1"));
  EXPECT_EQ(tree.at_path("l.2"), nullptr);
  EXPECT_EQ(tree.at_path("a.b.c"), nullptr);
  EXPECT_THROW(tree.set_path("l.7", Node()), UsageError);
}

TEST(Node, sameness_looks_at_kind_and_content_only) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(Node(nan).same_as(Node(nan, {"f", 3, 1})));
  EXPECT_FALSE(Node(1.0).same_as(Node(std::int64_t{1})));
  EXPECT_FALSE(Node(0.0).same_as(Node(-0.0)));
  const Node ab(Node::Map{{"a", Node(true)}, {"b", Node()}});
  const Node ba(Node::Map{{"b", Node()}, {"a", Node(true)}});
  EXPECT_TRUE(ab.same_as(ba));
}

TEST(Key, numbers_are_one_key_by_value_and_never_a_text) {
  const Key one("1", Key::Kind::integer);
  EXPECT_TRUE(one.same_as(Key("1.0", Key::Kind::floating)));
  EXPECT_TRUE(one.same_as(Key("true", Key::Kind::boolean)));
  EXPECT_FALSE(one.same_as(Key("1")));
}

TEST(Numbers, float_text_is_the_shortest_that_reads_back) {
  EXPECT_EQ(float_text(1), "1.0");
  EXPECT_EQ(float_text(0.1), "0.1");
  EXPECT_EQ(float_text(1e16), "1e+16");
  EXPECT_EQ(float_text(1e-5), "1e-05");
  EXPECT_EQ(float_text(123456.75), "123456.75");
  EXPECT_EQ(float_text(-0.0), "-0.0");
  EXPECT_EQ(float_text(5e-324), "5e-324");
}

TEST(Numbers, free_text_is_read_or_refused) {
  EXPECT_EQ(text_to_int(" 1_000 "), 1000);
  EXPECT_EQ(text_to_int("1__0"), std::nullopt);
  EXPECT_EQ(text_to_float("-.5e3"), -500.0);
  EXPECT_EQ(text_to_float("1e400"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(text_to_float("1e-400"), 0.0);
  EXPECT_EQ(text_to_float("1.5f"), std::nullopt);
  EXPECT_THROW(text_to_int("99999999999999999999"), UsageError);
}

}  // namespace
}  // namespace strang::config
