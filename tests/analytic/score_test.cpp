// The score that a denoiser implies is the gradient of the log-density of the noisy data, under
// every kind of process. The density is written here in full: a mixture of Gaussians with mean E
// (mu, 0) and covariance E (C, 0) E^T + K.

#include <gtest/gtest.h>

#include <cmath>

#include "core/sampling/field.h"
#include "tests/analytic/denoise.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

struct Problem {
  at::Tensor weights, means, covs;
  std::string yaml;
};

at::Tensor matrix(const Block& block) {
  at::Tensor m = at::empty({block.slots(), block.slots()}, at::kDouble);
  for (int i = 0; i < block.slots(); ++i)
    for (int j = 0; j < block.slots(); ++j) m[i][j] = block(i, j);
  return m;
}

// u: [slots * 2], slots side by side.
double log_density(const Problem& problem, const Process& process, double t, const at::Tensor& u) {
  const at::Tensor E = matrix(process.mean(t)), K = matrix(process.covariance(t));
  const at::Tensor one = at::eye(2, at::kDouble);
  std::vector<at::Tensor> terms;
  for (int k = 0; k < problem.weights.size(0); ++k) {
    const at::Tensor e = E.narrow(1, 0, 1);
    const at::Tensor mean = at::kron(e, problem.means[k].unsqueeze(1)).squeeze(1);
    const at::Tensor covariance = at::kron(at::mm(e, e.t()), problem.covs[k]) + at::kron(K, one);
    const at::Tensor z = u - mean;
    const at::Tensor square = at::dot(z, at::linalg_solve(covariance, z));
    terms.push_back(problem.weights[k].log() - 0.5 * square - 0.5 * at::logdet(covariance));
  }
  return at::logsumexp(at::stack(terms), 0).item<double>();
}

Problem full_problem() {
  return {
      at::tensor({0.5, 0.3, 0.2}, at::kDouble),
      at::tensor({1.0, -0.5, -1.2, 0.8, 0.3, 1.4}, at::kDouble).view({3, 2}),
      at::tensor({0.2, 0.05, 0.05, 0.08, 0.1, -0.06, -0.06, 0.15, 0.05, 0.02, 0.02, 0.25},
                 at::kDouble)
          .view({3, 2, 2}),
      "{name: gaussian_mixture, weights: [5, 3, 2], means: [[1, -0.5], [-1.2, 0.8], [0.3, 1.4]], "
      "covs: [[[0.2, 0.05], [0.05, 0.08]], [[0.1, -0.06], [-0.06, 0.15]], [[0.05, 0.02], [0.02, "
      "0.25]]]}"};
}

Problem diagonal_problem() {
  return {at::tensor({0.25, 0.75}, at::kDouble),
          at::tensor({1.0, -0.5, -1.2, 0.8}, at::kDouble).view({2, 2}),
          at::diag_embed(at::tensor({0.2, 0.01, 0.1, 0.3}, at::kDouble).view({2, 2})),
          "{name: gaussian_mixture, weights: [1, 3], means: [[1, -0.5], [-1.2, 0.8]], variances: "
          "[[0.2, "
          "0.01], [0.1, 0.3]]}"};
}

Problem gaussian_problem() {
  return {at::ones({1}, at::kDouble), at::tensor({0.4, -0.3}, at::kDouble).view({1, 2}),
          at::tensor({0.2, 0.05, 0.05, 0.08}, at::kDouble).view({1, 2, 2}),
          "{name: gaussian, mean: [0.4, -0.3], covariance: [[0.2, 0.05], [0.05, 0.08]]}"};
}

class Score : public testing::TestWithParam<const char*> {};

void expect_score_is_gradient(const Problem& problem, const Process& process, double t) {
  const auto model = test::model(problem.yaml);
  const Field field(process, *model);
  const ViewForm form = field.views(t).score;
  const int slots = process.slots();
  at::Tensor u = at::empty({4, slots, 2}, at::kDouble);
  for (int i = 0; i < u.numel(); ++i) u.view(-1)[i] = 0.9 * std::sin(1.7 * i + 0.3);
  const at::Tensor D = test::denoise(*model, process, u, t);
  const double h = 1e-3 * std::sqrt(process.covariance(t)(0, 0));
  for (int row = 0; row < 4; ++row)
    for (int i = 0; i < 2 * slots; ++i) {
      const auto density = [&](double shift) {
        at::Tensor v = u[row].flatten().clone();
        v[i] += shift;
        return log_density(problem, process, t, v);
      };
      const double gradient =
          (8 * (density(h) - density(-h)) - (density(2 * h) - density(-2 * h))) / (12 * h);
      double score = 0;
      for (int slot = 0; slot < slots; ++slot)
        score += form.input(i / 2, slot) * u[row][slot][i % 2].item<double>() +
                 form.output(i / 2, slot) * D[row][slot][i % 2].item<double>();
      EXPECT_NEAR(score, gradient, 1e-7 * (1 + std::abs(gradient)))
          << "row " << row << " element " << i;
    }
}

TEST_P(Score, is_the_gradient_of_the_log_density) {
  const auto process = test::process(GetParam());
  for (const Problem& problem : {full_problem(), diagonal_problem(), gaussian_problem()})
    for (const double fraction : {0.02, 0.3, 0.9})
      expect_score_is_gradient(problem, *process, fraction * process->time().end);
}

INSTANTIATE_TEST_SUITE_P(processes, Score,
                         testing::Values("{name: vp}", "{name: sub_vp}", "{name: flow}",
                                         "{name: edm, sigma_max: 5}", "{name: cld}"));

}  // namespace
}  // namespace strang
