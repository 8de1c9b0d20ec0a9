// The project's own images: reproducible, of every kind, within range, and antialiased.

#include <gtest/gtest.h>

#include <algorithm>

#include "core/sampling/samples.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

Samples load(const std::string& options) {
  return test::dataset("{name: procedural" + options + "}")->load();
}

TEST(procedural, image_i_is_a_function_of_seed_and_i) {
  const Samples many = load(", count: 60");
  EXPECT_TRUE(load(", count: 60").values.equal(many.values));
  EXPECT_TRUE(load(", count: 10, offset: 50").values.equal(many.values.narrow(0, 50, 10)));
  EXPECT_TRUE(load(", count: 10, offset: 50").labels.equal(many.labels.narrow(0, 50, 10)));
  EXPECT_FALSE(load(", count: 60, seed: 1").values.equal(many.values));
}

TEST(procedural, has_the_shape_asked_for) {
  EXPECT_EQ(load(", count: 3").values.sizes(), (std::vector<std::int64_t>{3, 1, 16, 16}));
  EXPECT_EQ(load(", count: 3, size: 28, channels: 3").values.sizes(),
            (std::vector<std::int64_t>{3, 3, 28, 28}));
  EXPECT_FALSE(test::usage_error([] { load(", channels: 2"); }).empty());
}

TEST(procedural, values_lie_within_the_range_and_images_differ) {
  const Samples samples = load(", count: 400");
  EXPECT_GE(samples.values.min().item<float>(), -1);
  EXPECT_LE(samples.values.max().item<float>(), 1);
  const at::Tensor flat = samples.values.flatten(1);
  const at::Tensor distances = at::cdist(flat, flat) + 100 * at::eye(400);
  EXPECT_GT(distances.min().item<float>(), 0.05f);
}

TEST(procedural, every_shape_occurs_about_equally_often) {
  const at::Tensor counts = load(", count: 4000").labels.bincount();
  ASSERT_EQ(counts.size(0), 4);
  EXPECT_GT(counts.min().item<std::int64_t>(), 900);
  EXPECT_LT(counts.max().item<std::int64_t>(), 1100);
}

TEST(procedural, outlines_are_antialiased) {
  const at::Tensor image = load(", count: 1, size: 64").values.view({-1});
  const float low = image.min().item<float>(), high = image.max().item<float>();
  const at::Tensor between = image.gt(low + 0.01f).logical_and(image.lt(high - 0.01f));
  const std::int64_t pixels = between.sum().item<std::int64_t>();
  EXPECT_GT(pixels, 20);
  EXPECT_LT(pixels, 1000);
}

// Discs cover pi r^2 of the image with r in [0.15, 0.3], rings and bars less than crosses can.
TEST(procedural, labels_tell_the_shape) {
  const Samples samples = load(", count: 2000, size: 32");
  const at::Tensor centre_is_ink = [&] {
    // The middle of a ring is ground, of the other shapes ink: compare the darkest and brightest
    // with the centroid.
    const at::Tensor x = samples.values.squeeze(1);
    const at::Tensor low = x.amin({1, 2}, true), high = x.amax({1, 2}, true);
    const at::Tensor cover = (x - low) / (high - low);
    const at::Tensor axis = at::arange(32, at::kFloat);
    const at::Tensor mass = cover.sum({1, 2});
    const at::Tensor row = (cover.sum(2) * axis).sum(1) / mass,
                     column = (cover.sum(1) * axis).sum(1) / mass;
    const at::Tensor index = (row.round() * 32 + column.round()).to(at::kLong).unsqueeze(1);
    return cover.flatten(1).gather(1, index).squeeze(1).gt(0.5);
  }();
  EXPECT_TRUE(centre_is_ink.equal(samples.labels.ne(1)));
}

}  // namespace
}  // namespace strang
