// The discrete process: exact at the indices, smooth or piecewise linear between them.

#include <gtest/gtest.h>

#include <cmath>

#include "models/processes/monotone_cubic.h"
#include "models/processes/variance_preserving.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

using test::process;

TEST(vp_discrete, at_the_indices_alpha_is_the_product_of_the_betas) {
  for (const std::string interpolation : {"cubic", "linear"}) {
    const auto p = process("{name: vp_discrete, interpolation: " + interpolation + "}");
    double product = 1;
    for (int i = 0; i < 1000; ++i) {
      product *= 1 - (1e-4 + i / 999.0 * (0.02 - 1e-4));
      EXPECT_NEAR(p->mean((i + 1) / 1000.0).value(), std::sqrt(product),
                  1e-12 * std::sqrt(product));
    }
    EXPECT_EQ(p->mean(0).value(), 1);
  }
}

TEST(vp_discrete, cosine_betas_are_clipped) {
  const auto p = process("{name: vp_discrete, betas: cosine}");
  const double last = p->mean(1).value() / p->mean(0.999).value();
  EXPECT_NEAR(last * last, 1 - 0.999, 1e-12);
}

TEST(vp_discrete, linear_interpolation_is_linear_in_log_alpha) {
  const auto p = process("{name: vp_discrete, interpolation: linear}");
  const double middle = std::log(p->mean(0.3005).value());
  EXPECT_NEAR(middle, 0.5 * (std::log(p->mean(0.3).value()) + std::log(p->mean(0.301).value())),
              1e-14);
}

TEST(vp_discrete, beta_is_continuous_for_the_cubic_alone) {
  const auto jump = [](const std::string& interpolation) {
    const auto built =
        process("{name: vp_discrete, train_steps: 20, interpolation: " + interpolation + "}");
    const auto& p = dynamic_cast<const VariancePreserving&>(*built);
    return std::abs(p.beta(0.5 + 1e-9) - p.beta(0.5 - 1e-9)) / p.beta(0.5);
  };
  EXPECT_LT(jump("cubic"), 1e-6);
  EXPECT_GT(jump("linear"), 1e-2);
}

TEST(monotone_cubic, increases_between_any_increasing_values) {
  const MonotoneCubic f({0, 1e-6, 2, 2.001, 9, 9.5}, false);
  for (double x = 0; x < 5; x += 0.01) EXPECT_GT(f.value(x + 0.01), f.value(x)) << x;
}

TEST(monotone_cubic, reproduces_a_parabola_at_its_nodes_and_nearly_between) {
  std::vector<double> values;
  for (int i = 0; i <= 50; ++i) values.push_back(i + 0.1 * i * i);
  const MonotoneCubic f(values, false);
  for (double x = 0; x <= 50; x += 0.125) EXPECT_NEAR(f.value(x), x + 0.1 * x * x, 2e-3);
}

TEST(monotone_cubic, inverse_and_difference_agree_with_the_value) {
  const MonotoneCubic f({0, 0.5, 2, 2.25, 9, 9.5}, false);
  for (const double x : {-1.5, 0.0, 0.3, 1.0, 2.7, 3.999, 4.6, 5.0, 6.5})
    EXPECT_NEAR(f.inverse(f.value(x)), x, 1e-13);
  EXPECT_NEAR(f.difference(0.2, 3.7), f.value(3.7) - f.value(0.2), 1e-14);
  EXPECT_NEAR(f.difference(2.5, 2.5 + 0x1p-40) * 0x1p40, f.slope(2.5), 1e-9);
}

}  // namespace
}  // namespace strang
