// The whole of MNIST through its classifier: half a minute.

#include <gtest/gtest.h>

#include "analysis/frechet.h"
#include "tests/features/extraction.h"

namespace strang {
namespace {

using namespace test;

TEST_F(RealFeatures, mnist_classifier_scores_and_distance_are_those_of_its_readme) {
  const FeatureExtraction e = extraction(
      "{extractor: {name: mnist_cnn, weights: " + weights("mnist_cnn") + "}}", {1, 28, 28});
  const auto tested = measure(e, mnist("t10k")), train = measure(e, mnist("train"));
  EXPECT_DOUBLE_EQ(*tested.accuracy, 0.9917);
  EXPECT_NEAR(*train.accuracy, 0.9984, 5e-5);
  EXPECT_NEAR(analysis::frechet_distance(train.moments, tested.moments), 0.5870, 5e-5);
  const auto known = stored("mnist.cnn32.test");
  EXPECT_EQ(known.moments.n, 10'000);
  EXPECT_TRUE(at::allclose(tested.moments.mean, known.moments.mean, 1e-4, 1e-4));
  EXPECT_LT(analysis::frechet_distance(tested.moments, known.moments), 1e-6);
  EXPECT_EQ(tested.classes.size(), 10u);
}

}  // namespace
}  // namespace strang
