#include "core/program/registers.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/tensor.h"

namespace strang {
namespace {

const at::Tensor a = at::tensor({3.0, 4.0, 0.0, 1.0, -2.0, 2.0}, at::kDouble).view({3, 2, 1});
const at::Tensor b = at::tensor({1.0, 2.0, 3.0, -1.0, 0.5, 1.0}, at::kDouble).view({3, 2, 1});
const at::Tensor c = at::tensor({0.0, -8.0, 1.0, 1.0, 1.0, 1.0}, at::kDouble).view({3, 2, 1});

std::vector<double> reduce(Reduce op, const at::Tensor& x, const at::Tensor& y, const at::Tensor& z,
                           std::int64_t valid = 3) {
  Registers registers(2, x.size(0));
  op.out = 1;
  registers.reduce(op, x, y, z, {0, valid});
  return {registers.at(1), registers.at(1) + x.size(0)};
}

TEST(registers, norm_is_euclidean_over_slots_and_event) {
  const std::vector<double> norm = reduce({.kind = Reduce::Kind::norm}, a, {}, {});
  EXPECT_EQ(norm, (std::vector<double>{5, 1, std::sqrt(8.0)}));
}

TEST(registers, dot_is_of_each_row) {
  EXPECT_EQ(reduce({.kind = Reduce::Kind::dot}, a, b, {}), (std::vector<double>{11, -1, 1}));
}

TEST(registers, scaled_rms_is_the_error_norm_of_adaptive_solvers) {
  const std::vector<double> norm =
      reduce({.kind = Reduce::Kind::scaled_rms, .absolute = 0.5, .relative = 0.25}, a, b, c);
  const auto scale = [](double y, double z) {
    return 0.5 + 0.25 * std::max(std::abs(y), std::abs(z));
  };
  const double first = 3 / scale(1, 0), second = 4 / scale(2, -8);
  EXPECT_DOUBLE_EQ(norm[0], std::sqrt((first * first + second * second) / 2));
}

TEST(registers, across_the_batch_padding_is_left_out) {
  const Reduce op{
      .kind = Reduce::Kind::scaled_rms, .absolute = 1, .relative = 0, .across_batch = true};
  const std::vector<double> two = reduce(op, a, b, c, 2);
  EXPECT_DOUBLE_EQ(two[0], std::sqrt((9 + 16 + 0 + 1) / 4.0));
  EXPECT_EQ(two[0], two[1]);
  EXPECT_EQ(two[0], two[2]);
  EXPECT_DOUBLE_EQ(reduce(op, a, b, c)[0], std::sqrt((26 + 8) / 6.0));
  const Reduce dot{.kind = Reduce::Kind::dot, .across_batch = true};
  EXPECT_DOUBLE_EQ(reduce(dot, a, b, {}, 2)[2], 10);
}

TEST(registers, floats_are_added_up_in_double) {
  const at::Tensor x = at::full({1, 1, 1000}, 0.1, at::kFloat);
  const double square = static_cast<double>(0.1f) * static_cast<double>(0.1f);
  EXPECT_NEAR(reduce({.kind = Reduce::Kind::norm}, x, {}, {}, 1)[0], std::sqrt(1000 * square),
              1e-13);
}

TEST(registers, types_may_differ) {
  EXPECT_EQ(reduce({.kind = Reduce::Kind::dot}, a.to(at::kFloat), b, {}),
            (std::vector<double>{11, -1, 1}));
}

TEST(registers, compute_works_row_by_row) {
  Registers registers(3, 4);
  for (int row = 0; row < 4; ++row) {
    registers.at(0)[row] = row;
    registers.at(1)[row] = 10 - 4 * row;
  }
  const std::vector<Compute> code = {
      {.out = 2, .function = Compute::Function::minimum, .a = {0}, .b = {1}},
      {.out = 0, .function = Compute::Function::multiply, .a = {2}, .b = {none, 0.5}}};
  registers.compute(code);
  EXPECT_EQ(std::vector<double>(registers.at(2), registers.at(2) + 4),
            (std::vector<double>{0, 1, 2, -2}));
  EXPECT_EQ(registers.at(0)[3], -1) << "the second instruction reads what the first wrote";
  registers.copy(1, 0);
  EXPECT_EQ(registers.at(0)[2], 2);
}

}  // namespace
}  // namespace strang
