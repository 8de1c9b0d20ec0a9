// The dataset denoiser against the sum over all points, written out in double.

#include "models/analytic/dataset_denoiser.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/sampling/samples.h"
#include "tests/analytic/denoise.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

using test::denoise;

at::Tensor images(int count) {
  return test::dataset(fmt::format("{{name: procedural, count: {}, size: 12}}", count))
      ->load()
      .values;
}

// [rows, d] by the formula.
at::Tensor direct(const at::Tensor& points, const at::Tensor& y, double level) {
  const at::Tensor x = points.flatten(1).to(at::kDouble);
  const at::Tensor square = (y.unsqueeze(1) - x.unsqueeze(0)).pow(2).sum(2);
  return at::mm(at::softmax(square / (-2 * level * level), 1), x);
}

at::Tensor noisy(const at::Tensor& points, int rows, double level, at::ScalarType type) {
  const at::Tensor x = points.narrow(0, 0, rows).flatten(1).to(at::kDouble);
  const at::Tensor noise =
      (at::arange(x.numel(), at::kDouble) * 12.9898).sin().mul(43758.5453).frac();
  return (x + level * 1.7 * noise.view_as(x)).to(type).view({rows, 1, 1, 12, 12});
}

struct Case {
  double level;
  int chunk;
};

class DatasetLevels : public testing::TestWithParam<Case> {
 protected:
  double error(at::ScalarType type) const {
    const auto edm = test::process("{name: edm}");
    const at::Tensor points = images(700);
    const DatasetDenoiser model(points, GetParam().chunk);
    const double level = GetParam().level;
    const at::Tensor u = noisy(points, 40, level, type);
    const at::Tensor D = denoise(model, *edm, u, level).view({40, 144}).to(at::kDouble);
    return (D - direct(points, u.view({40, 144}).to(at::kDouble), level))
        .abs()
        .max()
        .item<double>();
  }
};

TEST_P(DatasetLevels, double_states_agree_with_the_direct_sum) {
  EXPECT_LE(error(at::kDouble), 2e-13);
}

// Narrow rows are exact to the rounding of the result; wide ones hold eps |y - m| |x| / s^2.
TEST_P(DatasetLevels, float_states_agree_to_single_precision) {
  EXPECT_LE(error(at::kFloat), GetParam().level < 0.05 ? 1e-7 : 5e-5);
}

INSTANTIATE_TEST_SUITE_P(levels, DatasetLevels,
                         testing::Values(Case{1e-6, 256}, Case{0.002, 256}, Case{0.03, 100},
                                         Case{0.2, 256}, Case{0.5, 64}, Case{1, 100}, Case{2, 2048},
                                         Case{2, 33}, Case{5, 100}, Case{80, 256}, Case{80, 700}));

TEST(dataset_denoiser, points_that_coincide_share_their_weight) {
  const auto edm = test::process("{name: edm}");
  const at::Tensor two = images(2);
  // 40 copies are more than the candidates that a row may keep.
  const at::Tensor points =
      at::cat({two.narrow(0, 0, 1).expand({40, 1, 12, 12}), two.narrow(0, 1, 1)});
  const DatasetDenoiser model(points, 16);
  const at::Tensor u = noisy(two, 1, 0.01, at::kDouble);
  const at::Tensor D = denoise(model, *edm, u, 0.01).view(-1);
  EXPECT_LE((D - two[0].flatten()).abs().max().item<double>(), 1e-12);
}

TEST(dataset_denoiser, threads_change_no_bit) {
  const auto edm = test::process("{name: edm}");
  const at::Tensor points = images(1000);
  const DatasetDenoiser model(points, 512);
  const int threads = at::get_num_threads();
  for (const double level : {0.02, 2.0}) {
    const at::Tensor u = noisy(points, 128, level, at::kFloat);
    at::set_num_threads(1);
    const at::Tensor one = denoise(model, *edm, u, level);
    at::set_num_threads(2);
    EXPECT_TRUE(denoise(model, *edm, u, level).equal(one)) << level;
  }
  at::set_num_threads(threads);
}

TEST(dataset_denoiser, rows_do_not_depend_on_their_neighbours) {
  const auto edm = test::process("{name: edm}");
  const at::Tensor points = images(300);
  const DatasetDenoiser model(points, 64);
  for (const auto type : {at::kFloat, at::kDouble})
    for (const double level : {0.02, 0.8, 10.0}) {
      const at::Tensor u = noisy(points, 16, level, type), D = denoise(model, *edm, u, level);
      at::Tensor others = u.flip(0).contiguous();
      const at::Tensor flipped = denoise(model, *edm, others, level);
      EXPECT_TRUE(flipped.flip(0).equal(D)) << level;
      others.narrow(0, 0, 15).fill_(0.25);
      EXPECT_TRUE(denoise(model, *edm, others, level)[15].equal(D[0])) << level;
    }
}

TEST(dataset_denoiser, rows_at_different_noise_levels_share_a_batch) {
  const auto flow = test::process("{name: flow}");
  const at::Tensor points = images(300);
  const DatasetDenoiser model(points, 64);
  const std::vector<double> times{0, 0.001, 0.1, 0.4, 0.6, 0.9, 0.999, 1};
  const at::Tensor u = noisy(points, 8, 0.3, at::kDouble);
  const at::Tensor D = denoise(model, *flow, u, times);
  EXPECT_TRUE(D[0].equal(u[0]));
  for (int row = 1; row < 7; ++row) {
    const double t = times[row];
    const at::Tensor expected = direct(points, u[row].view({1, 144}) / (1 - t), t / (1 - t));
    EXPECT_LE((D[row].view({1, 144}) - expected).abs().max().item<double>(), 2e-13) << t;
  }
  const at::Tensor mean = points.mean(0, false, at::kDouble);
  EXPECT_LE((D[7][0] - mean).abs().max().item<double>(), 1e-14);
}

TEST(dataset_denoiser, few_rows_and_few_points_work) {
  const auto edm = test::process("{name: edm}");
  const at::Tensor points = images(3);
  const DatasetDenoiser model(points, 16);
  const at::Tensor u = noisy(points, 1, 1, at::kDouble);
  const at::Tensor expected = direct(points, u.view({1, 144}), 1);
  EXPECT_LE((denoise(model, *edm, u, 1).view({1, 144}) - expected).abs().max().item<double>(),
            1e-14);
}

TEST(dataset_denoiser, momenta_serve_as_a_second_observation) {
  const auto cld = test::process("{name: cld}");
  const at::Tensor points = images(100);
  const DatasetDenoiser model(points, 64);
  const at::Tensor u =
      at::cat({noisy(points, 6, 0.5, at::kDouble), noisy(points, 6, 0.2, at::kDouble)}, 1);
  const double t = 0.3;
  const at::Tensor D = denoise(model, *cld, u, t);
  // log p(u | x_0) over the 2 x 2 kernel, without the reduction to one observation.
  const Block E = cld->mean(t), P = cld->covariance(t).inverse();
  const at::Tensor x = points.flatten(1).to(at::kDouble).unsqueeze(0);
  const at::Tensor a = u.select(1, 0).flatten(1).unsqueeze(1) - E(0, 0) * x;
  const at::Tensor b = u.select(1, 1).flatten(1).unsqueeze(1) - E(1, 0) * x;
  const at::Tensor square = (P(0, 0) * a * a + 2 * P(0, 1) * a * b + P(1, 1) * b * b).sum(2);
  const at::Tensor expected = at::mm(at::softmax(-0.5 * square, 1), x.squeeze(0));
  EXPECT_LE((D.select(1, 0).flatten(1) - expected).abs().max().item<double>(), 1e-11);
  EXPECT_TRUE(D.select(1, 1).eq(0).all().item<bool>());
}

}  // namespace
}  // namespace strang
