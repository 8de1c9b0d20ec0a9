// Extractors and the protocol: on files of the shared folder where it is there, on the project's
// own images everywhere.

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "analysis/frechet.h"
#include "core/files/bytes.h"
#include "core/sampling/samples.h"
#include "experiments/features.h"
#include "tests/features/extraction.h"

namespace strang {
namespace {

using namespace test;

TEST(RandomConv, is_a_function_of_its_seed) {
  const Samples data = shapes(40, 3);
  const auto features = [&](const std::string& seed) {
    return measure(extraction("{extractor: {name: random_conv, seed: " + seed + "}}", {3, 28, 28}),
                   data);
  };
  EXPECT_TRUE(features("1").values.equal(features("1").values));
  EXPECT_FALSE(features("1").values.equal(features("2").values));
  EXPECT_NE(features("1").protocol.at("extractor_hash"),
            features("2").protocol.at("extractor_hash"));
  EXPECT_EQ(features("1").moments.dimension(), 64);
}

TEST(Features, bits_do_not_depend_on_the_number_of_images_or_threads) {
  const Samples data = shapes(150);
  const FeatureExtraction e =
      extraction("{extractor: random_conv, protocol: {batch: 64}}", {1, 28, 28});
  const auto all = measure(e, data);
  Samples part{data.values.narrow(0, 0, 70), data.labels.narrow(0, 0, 70)};
  EXPECT_TRUE(measure(e, part).values.equal(all.values.narrow(0, 0, 70)));
  const int threads = at::get_num_threads();
  at::set_num_threads(threads == 1 ? 2 : 1);
  const auto other = measure(e, data);
  at::set_num_threads(threads);
  EXPECT_TRUE(other.values.equal(all.values));
  EXPECT_TRUE(other.moments.scatter.equal(all.moments.scatter));
}

TEST(Features, classes_merge_to_the_whole) {
  const Samples data = shapes(150);
  const auto s = measure(extraction("{extractor: pixels}", {1, 28, 28}), data);
  ASSERT_EQ(s.classes.size(), 4u);
  analysis::Moments merged = s.classes[0];
  for (std::size_t c = 1; c < 4; ++c) merged = merge(merged, s.classes[c]);
  EXPECT_EQ(merged.n, 150);
  EXPECT_TRUE(at::allclose(merged.covariance(), s.moments.covariance(), 1e-10, 1e-12));
  EXPECT_TRUE(at::allclose(s.classes[2].mean,
                           s.values.index({data.labels.eq(2)}).to(at::kDouble).mean(0), 1e-12,
                           1e-12));
}

TEST(Protocol, quantises_as_an_image_file) {
  Samples data{
      at::tensor({-1.2f, -1.0f, -0.9961f, 0.0f, 0.5f, 1.5f, 0.1f, 0.2f}).view({2, 1, 2, 2}), {}};
  const auto s = measure(extraction("{extractor: pixels}", {1, 2, 2}), data);
  const at::Tensor bytes = (s.values.to(at::kDouble) + 1) * 127.5;
  EXPECT_TRUE(at::allclose(bytes.flatten(),
                           at::tensor({0., 0., 0., 128., 191., 255., 140., 153.}, at::kDouble), 0,
                           1e-4));
  const auto raw =
      measure(extraction("{extractor: pixels, protocol: {quantize: false}}", {1, 2, 2}), data);
  EXPECT_TRUE(raw.values.equal(data.values.flatten(1)));
}

TEST(Protocol, maps_range_size_and_colour) {
  const at::Tensor grey = at::full({3, 1, 4, 4}, 0.75f);
  const auto s =
      measure(extraction("{extractor: pixels, protocol: {quantize: false, resize: 8, colour: rgb}}",
                         {1, 4, 4}),
              {grey, {}, 0, 1});
  EXPECT_EQ(s.moments.dimension(), 3 * 8 * 8);
  EXPECT_TRUE(at::allclose(s.values, at::full_like(s.values, 0.5)));
  EXPECT_EQ(s.protocol.at("resize"), "8 bilinear antialiased");
}

TEST(Protocol, messages_name_the_option) {
  const auto starts = [](const std::string& yaml, const std::vector<std::int64_t>& event,
                         const std::string& part) {
    const std::string message = test::usage_error([&] { extraction(yaml, event); });
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  starts("{extractor: {name: mnist_cnn}}", {1, 28, 28}, "features.extractor.weights: no file");
  starts("{extractor: {name: mnist_cnn, weights: none.safetensors}}", {1, 28, 28},
         "features.extractor.weights: there is no file");
  starts("{extractor: pixel}", {1, 28, 28}, "did you mean 'pixels'");
  starts("{extractor: pixels}", {2}, "features.protocol.quantize=false");
  starts("{extractor: random_conv, protocol: {quantize: false}}", {2}, "takes images");
  starts("{extractor: pixels, protocol: {colour: rgb}}", {3, 8, 8}, "features.protocol.colour");
  starts("{extractor: pixels, protocol: {colour: blue}}", {3, 8, 8}, "rgb");
  starts("{extractor: pixels, sample: 3}", {3, 8, 8}, "did you mean 'samples'");
}

TEST_F(RealFeatures, mnist_classifier_classifies) {
  const FeatureExtraction e = extraction(
      "{extractor: {name: mnist_cnn, weights: " + weights("mnist_cnn") + "}}", {1, 28, 28});
  const Samples all = mnist("t10k");
  const auto s = measure(e, {all.values.narrow(0, 0, 512), all.labels.narrow(0, 0, 512)});
  EXPECT_GT(*s.accuracy, 0.98);
  EXPECT_EQ(s.classes.size(), 10u);
}

TEST_F(RealFeatures, stored_statistics_give_the_distances_of_their_readme) {
  const auto distance = [](const std::string& space) {
    return analysis::frechet_distance(stored(space + ".train").moments,
                                      stored(space + ".test").moments);
  };
  EXPECT_NEAR(distance("mnist.cnn32"), 0.5870, 5e-5);
  EXPECT_NEAR(distance("cifar10.resnet20"), 0.02140, 5e-6);
  EXPECT_NEAR(distance("cifar10.resnet56"), 0.04996, 5e-6);
}

TEST_F(RealFeatures, cifar_networks_have_the_depth_of_their_file) {
  const Samples data = shapes(8, 3, 32);
  for (const std::string depth : {"20", "56"}) {
    const auto s =
        measure(extraction("{extractor: {name: cifar_resnet, weights: " +
                               weights("cifar10_resnet" + depth) + "}, protocol: {batch: 8}}",
                           {3, 32, 32}),
                data);
    EXPECT_EQ(s.moments.dimension(), 64);
    EXPECT_EQ(s.predicted.size(), 10u);
  }
  EXPECT_NE(test::usage_error([&] {
              extraction("{extractor: {name: cifar_resnet, weights: " + weights("mnist_cnn") + "}}",
                         {3, 32, 32});
            }).find("conv1.weight: shape"),
            std::string::npos);
}

// Expected numbers: the architecture written down anew in Python's torch, in double.
TEST_F(RealFeatures, squeezenet_gives_the_numbers_of_another_implementation) {
  const FeatureExtraction e = extraction(
      "{extractor: {name: squeezenet, weights: " + weights("imagenet_squeezenet11_features") +
          "}, protocol: {quantize: false, batch: 4}}",
      {3, 40, 48});
  const at::Tensor i = at::arange(2 * 3 * 40 * 48, at::kDouble);
  const at::Tensor images = (i * 0.7 + i * i * 1e-4).sin().to(at::kFloat).view({2, 3, 40, 48});
  const at::Tensor f = e.measure(images, {}, -1, 1, "test").values.to(at::kDouble);
  EXPECT_NEAR(f.sum().item<double>(), 2173.154336, 0.02);
  EXPECT_NEAR(f.norm().item<double>(), 425.433926, 0.004);
  EXPECT_NEAR((f.flatten() * at::arange(1024, at::kDouble)).sum().item<double>(), 981618.26, 10);
}

// The first 1,000 test images of CIFAR-10 in its binary version: label, then red, green, blue.
TEST_F(RealFeatures, cifar_networks_classify) {
  const files::Bytes bytes =
      files::read_plain_or_gzip(test::shared("data/cifar10/test_first1000.bin.gz"));
  const at::Tensor records =
      at::from_blob(const_cast<std::uint8_t*>(bytes.data()), {1000, 3073}, at::kByte);
  const at::Tensor images =
      (records.slice(1, 1).to(at::kDouble) / 127.5 - 1).to(at::kFloat).view({1000, 3, 32, 32});
  const auto s =
      extraction("{extractor: {name: cifar_resnet, weights: " + weights("cifar10_resnet20") + "}}",
                 {3, 32, 32})
          .measure(images, records.select(1, 0).to(at::kLong), -1, 1, "test");
  // Both numbers: the network written down anew in Python's torch. All 10,000 score 0.9173.
  EXPECT_DOUBLE_EQ(*s.accuracy, 0.917);
  EXPECT_NEAR(analysis::frechet_distance(s.moments, stored("cifar10.resnet20.test").moments),
              0.106305, 2e-6);
}

}  // namespace
}  // namespace strang
