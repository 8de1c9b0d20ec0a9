#include "core/program/linear_operator.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/tensor.h"
#include "tests/files/message.h"

namespace strang {
namespace {

using test::contains, test::message_of;

at::Tensor states(at::ScalarType type = at::kDouble) {
  return (1.3 * at::arange(2 * 2 * 3 * 4 * 6, at::kDouble)).sin().view({2, 2, 3, 4, 6}).to(type);
}

TEST(linear_operator, mask_multiplies_every_element_by_its_gain) {
  LinearOperator mask{LinearOperator::Kind::mask, {3, 4, 6}, {}};
  for (int i = 0; i < 72; ++i) mask.gains.push_back(0.5 * i);
  const at::Tensor u = states(), out = at::empty_like(u);
  apply(mask, u, out);
  const at::Tensor gains = 0.5 * at::arange(72, at::kDouble).view({3, 4, 6});
  EXPECT_TRUE(out.equal(u * gains));
}

// y[p, q] = sum_{h, w} u[h, w] g[k] cos(2 pi (...)): the filter written as its sum over
// frequencies.
double filtered(const at::Tensor& plane, const std::vector<double>& gains, int p, int q) {
  const int height = 4, width = 6;
  double sum = 0;
  for (int k = 0; k < height; ++k)
    for (int l = 0; l < width; ++l)
      for (int h = 0; h < height; ++h)
        for (int w = 0; w < width; ++w)
          sum += gains[k * width + l] * plane[h][w].item<double>() *
                 std::cos(2 * M_PI * (double(k) * (p - h) / height + double(l) * (q - w) / width));
  return sum / (height * width);
}

TEST(linear_operator, fourier_multiplies_every_frequency_by_its_gain) {
  LinearOperator low{LinearOperator::Kind::fourier, {3, 4, 6}, {}};
  std::vector<double> plane;
  for (int k = 0; k < 4; ++k)
    for (int l = 0; l < 6; ++l) plane.push_back(1.0 / (1 + k + 2 * l));
  for (int channel = 0; channel < 3; ++channel)
    low.gains.insert(low.gains.end(), plane.begin(), plane.end());
  const at::Tensor u = states(), out = at::empty_like(u);
  apply(low, u, out);
  for (const auto& [p, q] : {std::pair{0, 0}, {1, 2}, {3, 5}})
    EXPECT_NEAR(out[1][0][2][p][q].item<double>(), filtered(u[1][0][2], plane, p, q), 1e-13);
}

TEST(linear_operator, gains_of_one_change_nothing) {
  for (const at::ScalarType type : {at::kDouble, at::kFloat}) {
    const at::Tensor u = states(type), out = at::empty_like(u);
    apply({LinearOperator::Kind::mask, {3, 4, 6}, std::vector<double>(72, 1)}, u, out);
    EXPECT_TRUE(out.equal(u));
    apply({LinearOperator::Kind::fourier, {3, 4, 6}, std::vector<double>(72, 1)}, u, out);
    EXPECT_LE((out - u).abs().max().item<double>(), type == at::kDouble ? 1e-15 : 3e-7);
  }
}

TEST(linear_operator, works_in_place) {
  for (const auto kind : {LinearOperator::Kind::mask, LinearOperator::Kind::fourier}) {
    const LinearOperator op{kind, {3, 4, 6}, std::vector<double>(72, 0.25)};
    const at::Tensor u = states(), out = at::empty_like(u);
    apply(op, u, out);
    apply(op, u, u);
    EXPECT_TRUE(u.equal(out));
  }
}

TEST(linear_operator, other_shapes_are_refused) {
  const LinearOperator op{LinearOperator::Kind::mask, {4, 6}, std::vector<double>(24, 1)};
  const at::Tensor u = states();
  EXPECT_TRUE(contains(message_of<Error>([&] { apply(op, u, u); }),
                       "a mask operator for events of shape [4, 6] was applied to [3, 4, 6]"));
}

}  // namespace
}  // namespace strang
