#include "core/store/group.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/store/file.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"

namespace strang::store {
namespace {

using test::contains;
using test::message_of;
using Names = std::vector<std::string>;

class GroupTest : public testing::Test {
 protected:
  const test::TemporaryFolder folder_;
  File file_ = File::create(folder_ / "run.h5");
  Group root_ = file_.root();
};

TEST_F(GroupTest, every_axis_has_a_name_and_the_axes_of_a_group_are_shared) {
  Group group = root_.create_group("trajectory");
  group.create("state", ElementType::float64, {{"node", 3}, {"sample", 4}, {"d0", 2}});
  group.create("data", ElementType::float32, {{"sample", 4}, {"d0", 2}});
  EXPECT_EQ(group.dataset("state").axes(), (Names{"node", "sample", "d0"}));
  EXPECT_EQ(group.dataset("data").axes(), (Names{"sample", "d0"}));
  EXPECT_EQ(group.dataset_names(), (Names{"data", "state"})) << "plain axes are not datasets";
  EXPECT_TRUE(group.has("sample"));
}

TEST_F(GroupTest, an_axis_may_have_a_coordinate) {
  root_.add_axis("node", std::vector<double>{80, 1, 0.002});
  root_.create("state", ElementType::float64, {{"node", 3}});
  EXPECT_EQ(root_.dataset("node").read<double>(), (std::vector<double>{80, 1, 0.002}));
  EXPECT_EQ(root_.dataset("node").axes(), Names{"node"});
  EXPECT_EQ(root_.dataset("state").axes(), Names{"node"});
  EXPECT_EQ(root_.dataset_names(), (Names{"node", "state"}));
}

TEST_F(GroupTest, a_scalar_and_an_empty_axis_are_allowed) {
  root_.write("nfe", {}, std::vector<std::int64_t>{35});
  root_.create("followed", ElementType::float64, {{"sample", 0}});
  EXPECT_EQ(root_.dataset("nfe").read<std::int64_t>(), std::vector<std::int64_t>{35});
  EXPECT_TRUE(root_.dataset("followed").read<double>().empty());
}

TEST_F(GroupTest, an_axis_of_another_length_is_refused_and_leaves_no_dataset) {
  root_.create("a", ElementType::float64, {{"sample", 4}});
  EXPECT_TRUE(contains(message_of<Error>([&] {
                         root_.create("b", ElementType::float64, {{"sample", 5}});
                       }),
                       "run.h5: /: axis 'sample' has length 4 here, not 5"));
  EXPECT_FALSE(root_.has("b"));
}

TEST_F(GroupTest, names_are_not_used_twice) {
  root_.create("a", ElementType::float64, {{"sample", 4}});
  const auto create = [&](const char* name, const std::vector<Axis>& axes) {
    return message_of<Error>([&] { root_.create(name, ElementType::float64, axes); });
  };
  EXPECT_TRUE(contains(create("a", {}), "'a' is there already"));
  EXPECT_TRUE(contains(create("b", {{"d", 2}, {"d", 2}}), "axis name 'd' is used twice"));
  EXPECT_TRUE(contains(create("d", {{"d", 2}}), "cannot have the name of its axis"));
  EXPECT_TRUE(contains(create("c", {{"a", 4}}), "dataset 'a' is no axis"));
  EXPECT_TRUE(contains(create("x/y", {}), "a name has one part, found 'x/y'"));
}

TEST_F(GroupTest, what_is_missing_is_named_with_what_is_there_and_what_is_near) {
  Group group = root_.create_group("trajectory");
  group.create("state", ElementType::float64, {{"node", 3}});
  group.create("data", ElementType::float64, {{"node", 3}});
  const auto dataset = [&](const char* path) {
    return message_of<UsageError>([&] { root_.dataset(path); });
  };
  EXPECT_TRUE(contains(dataset("trajectory/stat"),
                       "run.h5: no dataset /trajectory/stat; group /trajectory holds data, state "
                       "(did you mean 'state'?)"));
  EXPECT_TRUE(contains(dataset("trajektory/state"),
                       "no dataset /trajektory/state; group / holds trajectory (did you mean "
                       "'trajectory'?)"));
  EXPECT_TRUE(contains(dataset("a/b/c/d"), "group / holds trajectory"));
  EXPECT_TRUE(contains(dataset("trajectory/state/x"), "/trajectory/state is a dataset"));
  EXPECT_TRUE(contains(dataset("trajectory"), "/trajectory is a group, expected a dataset"));
  EXPECT_TRUE(contains(message_of<UsageError>([&] { root_.group("trajectory/data"); }),
                       "/trajectory/data is a dataset, expected a group"));
}

TEST_F(GroupTest, paths_are_relative_or_absolute) {
  Group inner = root_.create_group("a").create_group("b");
  inner.write("x", {}, std::vector<double>{1});
  EXPECT_EQ(root_.dataset("a/b/x").path(), "/a/b/x");
  EXPECT_EQ(inner.dataset("/a/b/x").where(), (folder_ / "run.h5").string() + ": /a/b/x");
  EXPECT_EQ(root_.group("a").group_names(), Names{"b"});
  EXPECT_EQ(root_.group("/").path(), "/");
}

}  // namespace
}  // namespace strang::store
