#include "analysis/test_functions.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>

#include "core/error.h"

namespace strang::analysis {
namespace {

// E f(x) for x ~ N(m, v), by the trapezoidal rule, which converges faster than any power here.
double quadrature(const TestFunction& f, double m, double v) {
  const double h = 0.01, s = std::sqrt(v);
  double sum = 0;
  for (int i = -1200; i <= 1200; ++i) {
    const double z = h * i, x = m + s * z;
    sum += h * std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi) * f.value({&x, 1});
  }
  return sum;
}

class TestFunctions : public testing::TestWithParam<std::string> {};

TEST_P(TestFunctions, expectation_is_that_of_quadrature) {
  const TestFunction& f = find_test_function(GetParam());
  for (const double mean : {-0.7, 0.0, 1.3})
    for (const double variance : {0.2, 1.5})
      EXPECT_NEAR(f.expectation({1, {&mean, 1}, {&variance, 1}, {}}), quadrature(f, mean, variance),
                  1e-12);
}

TEST_P(TestFunctions, of_a_point_is_its_value) {
  const TestFunction& f = find_test_function(GetParam());
  const std::array point = {0.3, -1.2, 0.8}, zero = {0.0, 0.0, 0.0};
  EXPECT_NEAR(f.expectation({1, point, zero, {}}), f.value(point), 1e-14);
}

// A full covariance Q diag(v) Q^T is the sum over z of two-dimensional quadrature.
TEST_P(TestFunctions, axes_turn_the_covariance) {
  const TestFunction& f = find_test_function(GetParam());
  const double c = std::cos(0.6), s = std::sin(0.6), h = 0.1;
  const std::array mean = {0.4, -0.9}, variances = {0.3, 1.1};
  const std::array axes = {c, -s, s, c};
  double sum = 0;
  for (int i = -100; i <= 100; ++i)
    for (int j = -100; j <= 100; ++j) {
      const double a = h * i, b = h * j;
      const double y0 = std::sqrt(variances[0]) * a, y1 = std::sqrt(variances[1]) * b;
      const std::array x = {mean[0] + c * y0 - s * y1, mean[1] + s * y0 + c * y1};
      sum += h * h * std::exp(-(a * a + b * b) / 2) / (2 * std::numbers::pi) * f.value(x);
    }
  EXPECT_NEAR(f.expectation({1, mean, variances, axes}), sum, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(all, TestFunctions, testing::ValuesIn(test_function_names()),
                         [](const auto& info) { return info.param; });

TEST(expectation, scales_adds_noise_and_weighs) {
  const TestFunction& f = find_test_function("second_moment");
  const std::array first = {1.0}, second = {3.0}, variance = {0.5};
  const auto law = [&](const ComponentVisitor& visit) {
    visit({1, first, variance, {}});
    visit({3, second, variance, {}});
  };
  EXPECT_NEAR(expectation(f, law, 2, 0.1), 4 * (0.25 * 1 + 0.75 * 9 + 0.5) + 0.01, 1e-14);
}

TEST(test_functions, a_misspelt_name_is_refused) {
  EXPECT_THROW(find_test_function("bmup"), UsageError);
}

}  // namespace
}  // namespace strang::analysis
