#include "core/store/dataset.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/store/file.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"

namespace strang::store {
namespace {

using test::contains;
using test::message_of;

std::vector<double> counting(std::int64_t n) {
  std::vector<double> values(static_cast<std::size_t>(n));
  std::iota(values.begin(), values.end(), 0.0);
  return values;
}

class DatasetTest : public testing::Test {
 protected:
  const test::TemporaryFolder folder_;
  File file_ = File::create(folder_ / "run.h5");
  Group root_ = file_.root();
  const std::vector<Axis> axes_ = {{"node", 4}, {"sample", 3}, {"d0", 2}};
};

TEST_F(DatasetTest, values_survive_the_file) {
  root_.write("x", axes_, counting(24));
  root_.write_strings("op", "operation", {"combine", "", "größer"});
  file_.close();
  const File read = File::open(folder_ / "run.h5");
  const Dataset x = read.root().dataset("x");
  EXPECT_EQ(x.read<double>(), counting(24));
  EXPECT_EQ(x.shape(), (Shape{4, 3, 2}));
  EXPECT_EQ(x.description(), "float64 [4, 3, 2]");
  EXPECT_EQ(read.root().dataset("op").read_strings(),
            (std::vector<std::string>{"combine", "", "größer"}));
  EXPECT_EQ(read.root().dataset("op").axes(), std::vector<std::string>{"operation"});
}

TEST_F(DatasetTest, rows_written_piecewise_in_any_order_give_the_whole) {
  Dataset x = root_.create("x", ElementType::float64, axes_);
  const std::vector<double> all = counting(24);
  for (const std::int64_t row : {2, 0, 3, 1})
    x.write(x.rows(row, 1), std::span(all).subspan(static_cast<std::size_t>(6 * row), 6));
  EXPECT_EQ(x.read<double>(), all);
}

TEST_F(DatasetTest, a_block_is_the_block_of_the_whole) {
  Dataset x = root_.write("x", axes_, counting(24));
  EXPECT_EQ(x.read<double>({{1, 1, 0}, {2, 2, 1}}), (std::vector<double>{8, 10, 14, 16}));
  EXPECT_EQ(x.read<double>(x.rows(3, 1)), (std::vector<double>{18, 19, 20, 21, 22, 23}));
  EXPECT_TRUE(x.read<double>(x.rows(4, 0)).empty());
  x.write({{0, 0, 1}, {1, 3, 1}}, std::vector<double>{-1, -2, -3});
  EXPECT_EQ(x.read<double>(x.rows(0, 1)), (std::vector<double>{0, -1, 2, -2, 4, -3}));
}

TEST_F(DatasetTest, what_is_not_written_is_nan_or_zero) {
  Dataset x = root_.create("x", ElementType::float32, axes_);
  x.write(x.rows(0, 1), std::vector<float>(6, 1.0f));
  const std::vector<double> values = x.read<double>();
  EXPECT_EQ(values[5], 1);
  EXPECT_TRUE(std::isnan(values[6]) && std::isnan(values[23]));
  EXPECT_EQ(root_.create("n", ElementType::uint8, {{"d0", 2}}).read<std::int64_t>(),
            (std::vector<std::int64_t>{0, 0}));
}

TEST_F(DatasetTest, floats_convert_in_both_directions) {
  Dataset x = root_.create("x", ElementType::float32, {{"d0", 2}});
  x.write(std::vector<double>{0.1, 2});
  EXPECT_EQ(x.read<double>(), (std::vector<double>{0.1f, 2}));
  EXPECT_EQ(root_.write("n", {{"d0", 2}}, std::vector<std::uint8_t>{3, 255}).read<float>(),
            (std::vector<float>{3, 255}));
}

TEST_F(DatasetTest, conversions_that_lose_are_refused) {
  const Dataset x = root_.write("x", {{"d0", 2}}, std::vector<double>{0.5, 2});
  const Dataset n = root_.write("n", {{"d0", 2}}, std::vector<std::int64_t>{1, 2});
  const Dataset text = root_.write_strings("text", "line", {"a"});
  EXPECT_TRUE(contains(message_of<UsageError>([&] { x.read<std::int64_t>(); }),
                       "run.h5: /x: found float64 [2], which cannot be read as int64"));
  EXPECT_THROW(n.read<std::int32_t>(), UsageError);
  EXPECT_THROW(n.read<std::uint8_t>(), UsageError);
  EXPECT_TRUE(contains(message_of<UsageError>([&] { text.read<double>(); }), "found string [1]"));
  EXPECT_TRUE(contains(message_of<UsageError>([&] { x.read_strings(); }),
                       "found float64 [2], expected strings"));
  Dataset narrow = root_.create("narrow", ElementType::int32, {{"d0", 2}});
  EXPECT_THROW(narrow.write(std::vector<double>{1, 2}), Error);
}

TEST_F(DatasetTest, a_block_outside_the_shape_or_of_another_size_is_refused) {
  Dataset x = root_.write("x", axes_, counting(24));
  for (const Slab& slab :
       {Slab{{0, 0}, {1, 1}}, Slab{{4, 0, 0}, {1, 1, 1}}, Slab{{-1, 0, 0}, {1, 1, 1}},
        Slab{{0, 0, 0}, {1, 4, 1}}, Slab{{1, 0, 0}, {INT64_MAX, 1, 1}}})
    EXPECT_TRUE(contains(message_of<UsageError>([&] { x.read<double>(slab); }),
                         "is not inside its shape [4, 3, 2]"));
  std::vector<double> memory(5);
  EXPECT_TRUE(contains(message_of<Error>([&] { x.read(x.rows(0, 1), memory); }),
                       "a block of [1, 3, 2] has 6 elements, the memory 5"));
}

TEST_F(DatasetTest, an_unexpected_shape_is_named) {
  const Dataset x = root_.create("x", ElementType::float32, axes_);
  x.require_shape({4, -1, 2});
  EXPECT_TRUE(contains(message_of<UsageError>([&] {
                         x.require_shape({-1, 5});
                       }),
                       "run.h5: /x: found float32 [4, 3, 2], expected shape [any, 5]"));
  EXPECT_THROW(x.require_shape({4, 3, 3}), UsageError);
}

TEST_F(DatasetTest, equal_contents_give_equal_files) {
  for (const char* name : {"a.h5", "b.h5"}) {
    File file = File::create(folder_ / name);
    file.root().write("x", axes_, counting(24)).set_attribute("units", "none");
    file.close();
  }
  EXPECT_EQ(test::read_text(folder_ / "a.h5"), test::read_text(folder_ / "b.h5"));
}

}  // namespace
}  // namespace strang::store
