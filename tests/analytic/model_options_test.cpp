// What the exact models say when they are set up wrongly.

#include <gtest/gtest.h>

#include "tests/processes/plugins.h"

namespace strang {
namespace {

std::string error(const std::string& yaml) {
  return test::usage_error([&] { test::model(yaml); });
}

void expect_error(const std::string& yaml, const std::string& part) {
  EXPECT_NE(error(yaml).find(part), std::string::npos) << yaml << "\n" << error(yaml);
}

TEST(model_options, mixture) {
  expect_error("{name: gaussian_mixture}", "model.means is not set");
  expect_error("{name: gaussian_mixture, means: [[0, 0]]}", "either model.variances or model.covs");
  expect_error(
      "{name: gaussian_mixture, means: [[0, 0]], variances: [[1, 1]], covs: [[[1, 0], [0, 1]]]}",
      "found both");
  expect_error("{name: gaussian_mixture, means: [0, 0], variances: [[1, 1]]}",
               "must be [components, dimensions]");
  expect_error("{name: gaussian_mixture, means: [[0, 0]], variances: [[1, 1, 1]]}",
               "model.variances has the shape [1, 3], but must be [1, 2]");
  expect_error("{name: gaussian_mixture, means: [[0, 0]], variances: [[1, -1]]}", "not negative");
  expect_error("{name: gaussian_mixture, means: [[0, 0]], variances: [[1, 1]], weights: [0]}",
               "all zero");
  expect_error("{name: gaussian_mixture, means: [[0, 0]], variances: [[1, 1]], shape: [3]}",
               "must hold 2 numbers");
  expect_error("{name: gaussian_mixture, means: [[0, 0]], covs: [[[1, 0.5], [0, 1]]]}",
               "symmetric");
  expect_error("{name: gaussian_mixture, means: [[0, 0]], covs: [[[1, 2], [2, 1]]]}",
               "positive semi-definite");
  expect_error("{name: gaussian_mixture, file: /nowhere.h5}", "/nowhere.h5");
}

TEST(model_options, gaussian) {
  expect_error("{name: gaussian, mean: 0, covariance: 1}", "set model.shape");
  expect_error("{name: gaussian, mean: [0, 0], covariance: [1, 1, 1]}",
               "model.covariance has the shape [3], but must be [2]");
  expect_error("{name: gaussian, mean: [0, 0]}", "model.covariance is not set");
}

TEST(model_options, dataset) {
  expect_error("{name: dataset}", "model.data is not set");
  expect_error("{name: dataset, data: {name: idx}}", "model.data.images: no file is set");
  expect_error("{name: dataset, data: {name: idx, images: /nowhere}}",
               "model.data.images: there is no file '/nowhere'");
  expect_error("{name: dataset, data: {name: procedural, count: 5}, samples: 6}",
               "model.samples is 6, but model.data holds 5");
  expect_error("{name: dataset, data: {name: procedurel}}", "did you mean 'procedural'");
}

TEST(model_options, a_dataset_gives_the_model_its_shape) {
  const auto model =
      test::model("{name: dataset, data: {name: procedural, count: 5, channels: 3}}");
  EXPECT_EQ(model->event_shape(), (std::vector<std::int64_t>{3, 16, 16}));
}

}  // namespace
}  // namespace strang
