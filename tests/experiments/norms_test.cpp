#include "experiments/norms.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/tensor.h"

namespace strang {
namespace {

TEST(norms, are_over_the_slots_that_they_name) {
  // Two samples, two slots, two elements; the second sample is padding.
  const at::Tensor a = at::tensor({1.0, 2.0, 3.0, 4.0, 9.0, 9.0, 9.0, 9.0}).reshape({2, 2, 2});
  const at::Tensor b = at::tensor({0.0, 2.0, 3.0, 8.0, 0.0, 0.0, 0.0, 0.0}).reshape({2, 2, 2});
  const auto of = [&](const std::string& norm) {
    double value = -1;
    distances(norm, a.to(at::kDouble), b.to(at::kDouble), 1, &value);
    return value;
  };
  EXPECT_DOUBLE_EQ(of("rmse"), std::sqrt((1 + 16) / 4.0));
  EXPECT_DOUBLE_EQ(of("rmse_position"), std::sqrt(1 / 2.0));
  EXPECT_DOUBLE_EQ(of("rmse_momentum"), std::sqrt(16 / 2.0));
  EXPECT_DOUBLE_EQ(of("linf"), 4);
  EXPECT_DOUBLE_EQ(of("linf_position"), 1);
  EXPECT_DOUBLE_EQ(of("linf_momentum"), 4);
}

TEST(norms, of_a_momentum_need_one) {
  EXPECT_EQ(norms_for(1).size(), 4U);
  EXPECT_EQ(norms_for(2), norm_names());
}

}  // namespace
}  // namespace strang
