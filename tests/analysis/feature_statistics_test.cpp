// Statistics of features in files, and what is measured between two of them.

#include "analysis/feature_statistics.h"

#include <gtest/gtest.h>

#include "analysis/feature_comparison.h"
#include "analysis/feature_tables.h"
#include "analysis/frechet.h"
#include "core/error.h"
#include "core/store/file.h"
#include "tests/analysis/draws.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"

namespace strang::analysis {
namespace {

class FeatureStatisticsTest : public testing::Test {
 protected:
  static FeatureStatistics make(std::uint64_t seed, std::int64_t n, std::int64_t d) {
    FeatureStatistics s;
    s.origin = fmt::format("draw {}", seed);
    s.extractor = "net";
    s.protocol = {{"extractor_hash", "abc"}, {"quantize", "8 bit"}, {"split", "train"}};
    s.values = (test::normals(seed, n, d) + 0.1 * static_cast<double>(seed)).to(at::kFloat);
    s.moments = moments_of(s.values);
    return s;
  }
  std::string write(const std::string& name, const FeatureStatistics& s, bool values = true) const {
    store::File file = store::File::create(folder / name);
    write_feature_statistics(s, file.root().create_group("features").create_group(s.extractor),
                             values);
    file.close();
    return (folder / name).string();
  }

  test::TemporaryFolder folder;
};

TEST_F(FeatureStatisticsTest, a_file_gives_back_what_was_written) {
  FeatureStatistics s = make(1, 50, 3);
  s.classes = {moments_of(s.values.narrow(0, 0, 20)), moments_of(s.values.narrow(0, 0, 0)),
               moments_of(s.values.narrow(0, 20, 30))};
  s.predicted = {0.25, 0, 0.75};
  s.accuracy = 0.5;
  const FeatureStatistics read = read_feature_statistics(write("s.h5", s), "");
  EXPECT_EQ(read.extractor, "net");
  EXPECT_EQ(read.protocol, s.protocol);
  EXPECT_EQ(read.moments.n, 50);
  EXPECT_TRUE(read.moments.mean.equal(s.moments.mean));
  EXPECT_TRUE(at::allclose(read.moments.scatter, s.moments.scatter, 1e-14, 0));
  EXPECT_TRUE(read.values.equal(s.values));
  ASSERT_EQ(read.classes.size(), 3u);
  EXPECT_EQ(read.classes[1].n, 0);
  EXPECT_TRUE(at::allclose(read.classes[2].scatter, s.classes[2].scatter, 1e-13, 1e-15));
  EXPECT_EQ(read.predicted, s.predicted);
  EXPECT_EQ(read.accuracy, s.accuracy);
  EXPECT_FALSE(read_feature_statistics(write("v.h5", s, false), "").values.defined());
}

TEST_F(FeatureStatisticsTest, messages_say_what_a_file_holds) {
  const std::string path = write("s.h5", make(1, 50, 3));
  const auto message = [&](const std::string& key) {
    return test::message_of<UsageError>([&] { read_feature_statistics(path, key); });
  };
  EXPECT_TRUE(test::contains(message("nett"), "'nett' (did you mean 'net'?); it holds net"));
  store::File::create(folder / "empty.h5").close();
  EXPECT_TRUE(test::contains(test::message_of<UsageError>([&] {
                               read_feature_statistics((folder / "empty.h5").string(), "");
                             }),
                             "holds no feature statistics"));
}

TEST_F(FeatureStatisticsTest, what_differs_is_named) {
  const FeatureStatistics a = make(1, 50, 3);
  FeatureStatistics b = make(2, 40, 3);
  b.protocol["split"] = "test";
  EXPECT_NO_THROW(require_comparable(a, b));
  b.protocol["quantize"] = "none";
  const auto message = [&] {
    return test::message_of<UsageError>([&] { require_comparable(a, b); });
  };
  EXPECT_TRUE(test::contains(message(), "quantize is 8 bit in draw 1, but none in draw 2"));
  b = make(2, 40, 4);
  EXPECT_TRUE(test::contains(message(), "the number of features is 3"));
  b = make(2, 40, 3);
  b.extractor = "other";
  EXPECT_TRUE(test::contains(message(), "the extractor is net"));
}

TEST_F(FeatureStatisticsTest, distances_are_read_back_from_attributes) {
  const FeatureStatistics a = make(1, 300, 3), b = make(4, 400, 3);
  const FeatureComparison c = compare_features(a, b);
  EXPECT_EQ(c.frechet, frechet_distance(a.moments, b.moments));
  ASSERT_TRUE(c.interval && c.infinity && c.kernel && c.neighbours);
  EXPECT_LT(c.interval->low, c.frechet);
  EXPECT_GT(c.interval->high, c.frechet);
  store::File file = store::File::create(folder / "d.h5");
  write_feature_statistics(a, file.root().create_group("net"), false);
  EXPECT_FALSE(read_distances(file.root().group("net")).has_value());
  write_distances(c, b.origin, file.root().group("net"));
  const FeatureComparison read = *read_distances(file.root().group("net"));
  EXPECT_EQ(read.n, 300);
  EXPECT_EQ(read.reference_n, 400);
  EXPECT_EQ(read.frechet, c.frechet);
  EXPECT_EQ(*read.interval, *c.interval);
  EXPECT_EQ(read.infinity->value, c.infinity->value);
  EXPECT_EQ(read.kernel->standard_error, c.kernel->standard_error);
  EXPECT_EQ(read.neighbours->coverage, c.neighbours->coverage);
}

TEST_F(FeatureStatisticsTest, without_vectors_there_is_the_distance_alone) {
  const FeatureStatistics a = make(1, 300, 3);
  FeatureStatistics b = make(4, 400, 3);
  b.values = at::Tensor();
  const FeatureComparison c = compare_features(a, b, {.bootstrap = 0, .infinity = false});
  EXPECT_FALSE(c.interval || c.infinity || c.kernel || c.neighbours);
  const FeatureComparison reverse = compare_features(b, a);
  EXPECT_FALSE(reverse.interval || reverse.infinity || reverse.kernel);
  EXPECT_NEAR(reverse.frechet, c.frechet, 1e-10);
}

TEST_F(FeatureStatisticsTest, a_table_compares_files_with_the_last_one) {
  const std::string a = write("a.h5", make(1, 300, 3)), b = write("b.h5", make(4, 400, 3));
  const std::string csv = make_distance_table({a, b + "#net", b}).csv();
  EXPECT_TRUE(test::contains(csv, "a.h5,net,300,400,"));
  EXPECT_TRUE(test::contains(csv, "b.h5#net,net,400,400,"));
  EXPECT_THROW(make_distance_table({a}), UsageError);
}

}  // namespace
}  // namespace strang::analysis
