#include "analysis/order.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"

namespace strang::analysis {
namespace {

TEST(order, of_exact_powers_has_no_interval) {
  const std::vector<int> steps = {8, 16, 64};
  std::vector<std::vector<double>> errors;
  for (const int n : steps) {
    std::vector<double>& one = errors.emplace_back();
    for (int sample = 1; sample <= 30; ++sample) one.push_back(sample * std::pow(n, -2.5));
  }
  const Order order = fit_order(steps, errors);
  EXPECT_NEAR(order.order.value, 2.5, 1e-12);
  EXPECT_NEAR(order.order.interval.low, 2.5, 1e-12) << "samples scale all grids alike";
  EXPECT_NEAR(order.order.interval.high, 2.5, 1e-12);
  ASSERT_EQ(order.between.size(), 2U);
  EXPECT_NEAR(order.between[1].value, 2.5, 1e-12);
}

TEST(order, needs_two_grids_in_order) {
  EXPECT_THROW(fit_order(std::vector{8}, {{1.0}}), Error);
  EXPECT_THROW(fit_order(std::vector{8, 8}, {{1.0}, {1.0}}), Error);
  EXPECT_THROW(fit_order(std::vector{8, 16}, {{1.0}, {1.0, 2.0}}), Error);
}

}  // namespace
}  // namespace strang::analysis
