#include <gtest/gtest.h>

#include "core/error.h"
#include "core/store/hdf5.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"

namespace strang::store {
namespace {

using test::contains;
using test::message_of;

class AttributeTest : public testing::Test {
 protected:
  template <class T>
  std::string message(const char* name) {
    return message_of<UsageError>([&] { root_.attribute<T>(name); });
  }

  const test::TemporaryFolder folder_;
  File file_ = File::create(folder_ / "run.h5");
  Group root_ = file_.root();
};

TEST_F(AttributeTest, every_kind_comes_back_as_it_was_set) {
  const std::vector<Attribute> values = {std::int64_t{1} << 60,
                                         0.1,
                                         "größer α",
                                         "",
                                         std::vector<std::int64_t>{1, -2},
                                         std::vector<double>{0.1, 1e300},
                                         std::vector<double>{},
                                         std::vector<std::string>{"heun", "", "ddim"},
                                         std::vector<std::string>{}};
  for (const Attribute& value : values) {
    root_.set_attribute("value", value);
    EXPECT_EQ(root_.attribute("value"), value) << value.index();
  }
}

TEST_F(AttributeTest, a_text_may_be_longer_than_an_object_header) {
  const std::string spec(1 << 20, 'x');
  root_.set_attribute("spec", spec);
  EXPECT_EQ(root_.attribute<std::string>("spec"), spec);
}

TEST_F(AttributeTest, a_boolean_is_an_integer_of_one_byte) {
  root_.set_attribute("dirty", true);
  EXPECT_EQ(root_.attribute<std::int64_t>("dirty"), 1);
}

TEST_F(AttributeTest, integers_read_as_floats_and_single_values_as_lists) {
  root_.set_attribute("n", 3);
  root_.set_attribute("one", std::vector<std::int64_t>{7});
  EXPECT_EQ(root_.attribute<double>("n"), 3.0);
  EXPECT_EQ(root_.attribute<std::vector<double>>("n"), std::vector<double>{3});
  EXPECT_EQ(root_.attribute<double>("one"), 7.0);
}

TEST_F(AttributeTest, other_conversions_are_refused) {
  root_.set_attribute("seed", "seven");
  root_.set_attribute("gamma", 0.5);
  root_.set_attribute("two", std::vector<double>{1, 2});
  EXPECT_TRUE(contains(message<std::int64_t>("seed"),
                       "run.h5: /: attribute 'seed': found string, expected integer"));
  EXPECT_TRUE(contains(message<std::int64_t>("gamma"), "found float, expected integer"));
  EXPECT_TRUE(contains(message<double>("two"), "found list of float, expected float"));
}

TEST_F(AttributeTest, a_missing_attribute_lists_the_others) {
  root_.set_attribute("spec_hash", "ab");
  root_.set_attribute("seed", 1);
  EXPECT_TRUE(contains(message<std::string>("spec_has"),
                       "no attribute 'spec_has'; there are: seed, spec_hash (did you mean "
                       "'spec_hash'?)"));
}

TEST_F(AttributeTest, datasets_have_attributes_too) {
  Dataset dataset = root_.write("x", {{"sample", 2}}, std::vector<double>{1, 2});
  dataset.set_attribute("units", "none");
  EXPECT_EQ(dataset.attribute<std::string>("units"), "none");
  EXPECT_EQ(dataset.attribute_names(), std::vector<std::string>{"units"});
  EXPECT_TRUE(dataset.has_attribute("units"));
  EXPECT_FALSE(dataset.has_attribute("unit"));
}

}  // namespace
}  // namespace strang::store
