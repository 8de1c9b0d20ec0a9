// A row's result depends on nothing but the row: the place in the batch, the neighbours, threads,
// and whether times are given once or for each row change no bit. And the ends of the noise range.

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/analytic/denoise.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

using test::denoise;

const char* const ring =
    "{name: gaussian_mixture, means: [[1, 0], [0, 1], [-1, 0.2], [0, -1]], variances: [[0.01, "
    "0.02], "
    "[0.03, 0.01], [0.01, 0.01], [0.2, 0.1]]}";
const char* const full =
    "{name: gaussian_mixture, weights: [1, 2], means: [[1, 0, 3], [0, 1, 2]], covs: [[[1, 0.5, 0], "
    "[0.5, 1, 0.1], [0, 0.1, 2]], [[1, 0, 0], [0, 2, 0.3], [0, 0.3, 1]]]}";

at::Tensor states(std::int64_t rows, int slots, int elements, at::ScalarType type) {
  const at::Tensor i = at::arange(rows * slots * elements, at::kDouble);
  return (2 * (1.3 * i).sin()).view({rows, slots, elements}).to(type);
}

struct Case {
  const char* model;
  const char* process;
  at::ScalarType type;
};

class EveryMixture : public testing::TestWithParam<Case> {
 protected:
  std::unique_ptr<Model> model = test::model(GetParam().model);
  std::unique_ptr<Process> process = test::process(GetParam().process);
  int elements = static_cast<int>(model->event_shape()[0]);
  at::Tensor state(std::int64_t rows) const {
    return states(rows, process->slots(), elements, GetParam().type);
  }
};

TEST_P(EveryMixture, rows_do_not_depend_on_the_batch) {
  const at::Tensor u = state(37), D = denoise(*model, *process, u, 0.4);
  for (const auto& [first, count] : {std::pair{0, 1}, {5, 8}, {29, 8}, {36, 1}, {3, 20}}) {
    const at::Tensor part = denoise(*model, *process, u.narrow(0, first, count).contiguous(), 0.4);
    EXPECT_TRUE(part.equal(D.narrow(0, first, count))) << first << " " << count;
  }
}

TEST_P(EveryMixture, threads_change_no_bit) {
  const at::Tensor u = state(5000);
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const at::Tensor one = denoise(*model, *process, u, 0.4);
  at::set_num_threads(2);
  const at::Tensor two = denoise(*model, *process, u, 0.4);
  at::set_num_threads(threads);
  EXPECT_TRUE(one.equal(two));
}

TEST_P(EveryMixture, rows_may_have_their_own_times) {
  const at::Tensor u = state(9);
  const std::vector<double> times{0.4, 0.4, 0.1, 0.7, 0.7, 0.7, 0, 0.4, 0.2};
  const at::Tensor D = denoise(*model, *process, u, times);
  for (int row = 0; row < 9; ++row) {
    const at::Tensor alone =
        denoise(*model, *process, u.narrow(0, row, 1).contiguous(), times[row]);
    EXPECT_TRUE(alone[0].equal(D[row])) << row;
  }
}

TEST_P(EveryMixture, without_noise_the_state_is_the_data) {
  const at::Tensor u = state(5), D = denoise(*model, *process, u, 0);
  EXPECT_TRUE(D.select(1, 0).equal(u.select(1, 0)));
}

TEST_P(EveryMixture, momenta_of_the_prediction_are_zero) {
  const at::Tensor D = denoise(*model, *process, state(11), 0.4);
  for (int slot = 1; slot < process->slots(); ++slot)
    EXPECT_TRUE(D.select(1, slot).eq(0).all().item<bool>());
}

INSTANTIATE_TEST_SUITE_P(mixtures, EveryMixture,
                         testing::Values(Case{ring, "{name: edm}", at::kDouble},
                                         Case{ring, "{name: edm}", at::kFloat},
                                         Case{full, "{name: vp}", at::kDouble},
                                         Case{full, "{name: cld}", at::kFloat},
                                         Case{ring, "{name: cld}", at::kDouble}));

TEST(exact_denoiser, where_the_signal_vanishes_it_is_the_mean_of_the_data) {
  const auto flow = test::process("{name: flow}");
  const at::Tensor u = states(5, 1, 3, at::kDouble);
  const at::Tensor mean = at::tensor({1.0 / 3, 2.0 / 3, 7.0 / 3}, at::kDouble);
  const at::Tensor D = denoise(*test::model(full), *flow, u, 1);
  EXPECT_LE((D - mean).abs().max().item<double>(), 1e-15);
}

TEST(exact_denoiser, float_states_are_rounded_once) {
  const auto edm = test::process("{name: edm}");
  const at::Tensor u = states(50, 1, 2, at::kFloat);
  const auto model = test::model(ring);
  const at::Tensor wide = denoise(*model, *edm, u.to(at::kDouble), 0.4);
  EXPECT_TRUE(denoise(*model, *edm, u, 0.4).equal(wide.to(at::kFloat)));
}

// A Gaussian with a very small and a very large direction, against its formula.
TEST(gaussian, extreme_variances_keep_their_digits) {
  const auto model =
      test::model("{name: gaussian, mean: [1, -2, 0.5], covariance: [1e-12, 1e12, 0]}");
  const auto edm = test::process("{name: edm}");
  const at::Tensor u = at::tensor({3.0, 1e5, -4.0}, at::kDouble).view({1, 1, 3});
  const at::Tensor D = denoise(*model, *edm, u, 1e-3).view(-1);
  EXPECT_NEAR(D[0].item<double>() - 1, 2e-6 / (1 + 1e-6), 1e-15);
  EXPECT_NEAR(D[1].item<double>(), 1e5, 1e-10);
  EXPECT_EQ(D[2].item<double>(), 0.5);
}

TEST(gaussian, one_number_serves_all_coordinates) {
  const auto model = test::model("{name: gaussian, mean: 0.5, covariance: 3, shape: [2, 4, 4]}");
  EXPECT_EQ(model->event_shape(), (std::vector<std::int64_t>{2, 4, 4}));
  const at::Tensor u = states(3, 1, 32, at::kDouble).view({3, 1, 2, 4, 4});
  const at::Tensor D = denoise(*model, *test::process("{name: edm}"), u, 1);
  EXPECT_LE((D - (0.5 + 0.75 * (u - 0.5))).abs().max().item<double>(), 1e-15);
}

// Far away every component is improbable: the log-sum-exp must not underflow.
TEST(mixture, far_states_belong_to_the_nearest_component) {
  const auto model = test::model(
      "{name: gaussian_mixture, means: [[0, 0], [1, 0]], variances: [[0.01, 0.01], [0.01, 0.01]]}");
  const at::Tensor u = at::tensor({1e4, 0.0}, at::kDouble).view({1, 1, 2});
  const at::Tensor D = denoise(*model, *test::process("{name: edm}"), u, 0.1).view(-1);
  EXPECT_NEAR(D[0].item<double>(), 0.5 * (1 + 1e4), 1e-9);
}

}  // namespace
}  // namespace strang
