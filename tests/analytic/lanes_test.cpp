// The exponential of the kernels.

#include "core/program/lanes.h"

#include <gtest/gtest.h>

#include <cmath>

namespace strang {
namespace {

TEST(lanes, exponential_has_the_accuracy_of_its_type) {
  for (double x = 0; x > -700; x -= 0.01237) {
    const lanes::Double y = lanes::exponential(lanes::Double{} + x);
    EXPECT_NEAR(y[3] / std::exp(x), 1, 5e-16) << x;
  }
  for (float x = 0; x > -86; x -= 0.00317f) {
    const lanes::Float y = lanes::exponential(lanes::Float{} + x);
    EXPECT_NEAR(static_cast<double>(y[3]) / std::exp(static_cast<double>(x)), 1, 3e-7) << x;
  }
}

TEST(lanes, exponential_of_zero_is_one_and_of_anything_far_below_next_to_nothing) {
  EXPECT_EQ(lanes::exponential(lanes::Double{})[0], 1);
  EXPECT_EQ(lanes::exponential(lanes::Float{})[0], 1);
  EXPECT_LT(lanes::exponential(lanes::Double{} - 1e300)[7], 1e-300);
  EXPECT_LT(lanes::exponential(lanes::Float{} - 1e38f)[7], 1e-37f);
}

}  // namespace
}  // namespace strang
