// Thresholding against its definition, on predictions that leave the range.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/sampling/field.h"
#include "tests/analytic/denoise.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

const std::string inner = "{name: gaussian, mean: [3, -0.5, 0.25, -1.5, 0], covariance: 0.2}";

// Predictions of the model and of the plain one, for samples of different spread.
struct Predictions {
  std::unique_ptr<Process> process = test::process("{name: edm}");
  at::Tensor u = at::arange(20, at::kDouble).reshape({4, 1, 5}).sub(10).mul(0.7);
  at::Tensor plain, treated;

  explicit Predictions(const std::string& options)
      : plain(test::denoise(*test::model(inner), *process, u, 0.8)),
        treated(test::denoise(*test::model("{name: thresholded, model: " + inner + options + "}"),
                              *process, u, 0.8)) {}
};

TEST(thresholded, static_clips) {
  const Predictions p(", kind: static, limit: 1.25");
  EXPECT_TRUE(p.treated.equal(p.plain.clamp(-1.25, 1.25)));
  EXPECT_GT(p.plain.abs().max().item<double>(), 1.25);
}

// The quantile interpolates between the ordered values.
TEST(thresholded, dynamic_divides_by_a_quantile_of_the_sample) {
  const Predictions p(", kind: dynamic, quantile: 0.6, limit: 1");
  for (std::int64_t row = 0; row < 4; ++row) {
    const double* plain = p.plain.const_data_ptr<double>() + 5 * row;
    std::vector<double> sizes;
    for (int i = 0; i < 5; ++i) sizes.push_back(std::abs(plain[i]));
    std::sort(sizes.begin(), sizes.end());
    const double bound = std::max(1.0, 0.6 * sizes[2] + 0.4 * sizes[3]);  // position 2.4
    for (int i = 0; i < 5; ++i)
      EXPECT_NEAR(p.treated.const_data_ptr<double>()[5 * row + i],
                  std::clamp(plain[i], -bound, bound) / bound, 1e-15);
  }
}

TEST(thresholded, the_noise_view_follows_the_treated_prediction) {
  const Predictions p(", kind: static, limit: 1.25");
  const auto model =
      test::model("{name: thresholded, model: " + inner + ", kind: static, limit: 1.25}");
  at::Tensor noise = at::empty_like(p.u);
  const double t = 0.8;
  Field(*p.process, *model)
      .evaluate(Evaluate{.view = View::noise}, std::span(&t, 1), p.u, noise, {0, 4});
  EXPECT_LE((noise - (p.u - p.treated) / t).abs().max().item<double>(), 1e-14);
}

}  // namespace
}  // namespace strang
