// Kernels near the data, where the textbook formulas lose all digits, against their leading terms;
// and priors.

#include <gtest/gtest.h>

#include <cmath>

#include "models/processes/phase_space.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

using test::process;

void expect_relative(double value, double expected, double tolerance) {
  EXPECT_NEAR(value, expected, tolerance * std::abs(expected));
}

TEST(small_times, vp_sigma_is_the_root_of_the_integrated_beta) {
  expect_relative(process("{name: vp}")->root(1e-14).value(), std::sqrt(0.1 * 1e-14), 1e-12);
}

TEST(small_times, sub_vp_sigma_is_the_integrated_beta) {
  expect_relative(process("{name: sub_vp}")->root(1e-14).value(), 0.1 * 1e-14, 1e-12);
}

TEST(small_times, vp_cosine_sigma_follows_its_slope) {
  const double speed = 0.5 * M_PI / 1.008, t = 1e-14;
  expect_relative(process("{name: vp_cosine}")->root(t).value(),
                  std::sqrt(2 * speed * t * std::tan(0.008 * speed)), 1e-10);
}

TEST(small_times, transitions_of_small_steps_keep_their_digits) {
  const double s = 0.5, t = s + 0x1p-40;
  const auto variance = [&](const char* name) {
    const double root = process(name)->transition(s, t).root.value();
    return root * root / (t - s);
  };
  const double beta = 0.1 + 0.5 * 19.9, integral = 0.05 + 0.125 * 19.9;
  expect_relative(variance("{name: vp}"), beta, 1e-10);
  expect_relative(variance("{name: sub_vp}"), beta * -std::expm1(-2 * integral), 1e-10);
  expect_relative(variance("{name: edm}"), 1, 1e-10);
  expect_relative(variance("{name: flow}"), 2, 1e-10);
}

// With gamma = 0, x = u d: Sigma_xx = kappa x^2 + 4/3 x^3, det = M (4/3 x^4 + 4/3 kappa x^3), to
// leading order.
TEST(small_times, cld_kernel_keeps_its_digits) {
  const double t = 1e-9, x = 8 * t;
  const auto cld = process("{name: cld, numerical_eps: 0}");
  const Block K = cld->covariance(t), L = cld->root(t);
  expect_relative(K(0, 0), 0.04 * x * x, 1e-6);
  const double determinant = L(0, 0) * L(1, 1);
  expect_relative(determinant * determinant, 0.25 * 4 / 3 * 0.04 * x * x * x, 1e-5);
}

TEST(small_times, momenta_alone_give_the_position_variance_of_a_cubic) {
  // The variance of the integral of a Brownian motion: beta M nu h^3 / 3 times (beta / (2 M))^2.
  const auto cld = process("{name: cld}");
  const double h = 0x1p-20;
  const double root = cld->transition(0.5, 0.5 + h).root(0, 0);
  expect_relative(root * root, 8 * 0.25 * 4 * (16.0 * 16.0) * h * h * h / 3, 1e-4);
}

TEST(priors, positions_end_at_unit_variance_or_at_the_largest_noise) {
  EXPECT_EQ(process("{name: vp}")->prior_root().value(), 1);
  EXPECT_EQ(process("{name: flow}")->prior_root().value(), 1);
  EXPECT_EQ(process("{name: edm, sigma_max: 7}")->prior_root().value(), 7);
  EXPECT_EQ(process("{name: ve}")->prior_root().value(), 50);
  EXPECT_EQ(process("{name: ve, sigma: sqrt, sigma_max: 100}")->prior_root().value(), 100);
}

TEST(priors, marginal_is_the_deviation_at_the_end) {
  const double sigma = process("{name: vp, prior: marginal}")->prior_root().value();
  expect_relative(sigma, std::sqrt(1 - std::exp(-10.05)), 1e-15);
}

TEST(priors, momenta_have_the_variance_of_the_mass) {
  EXPECT_EQ(process("{name: cld}")->prior_root(), Block::diagonal({1, 0.5}));
}

TEST(cld, numerical_eps_enters_the_root_alone) {
  const auto exact = process("{name: cld, numerical_eps: 0}"),
             padded = process("{name: cld, numerical_eps: 0.01}");
  EXPECT_EQ(exact->covariance(0.1), padded->covariance(0.1));
  const Block L = padded->root(0.1), K = exact->covariance(0.1);
  const Block difference = L * L.transpose() - K;
  EXPECT_NEAR(difference(0, 0), 0.01, 1e-15);
  EXPECT_NEAR(difference(1, 1), 0.01, 1e-15);
  EXPECT_NEAR(difference(0, 1), 0, 1e-15);
}

TEST(phase_space, equal_frictions_are_refused) {
  const std::string message = test::usage_error([] { PhaseSpace process({.gamma = 4, .nu = 4}); });
  EXPECT_NE(message.find("finite mass"), std::string::npos) << message;
}

}  // namespace
}  // namespace strang
