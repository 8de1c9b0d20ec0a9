// Coefficients of stochastic steps, on a point mass, where one step is known in closed form.
// Moments of samples would not tell: a wrong noise coefficient converges to the right marginal all
// the same.

#include <gtest/gtest.h>

#include "tests/properties/integrators.h"
#include "tests/properties/problem.h"

namespace strang {
namespace {

using namespace test;

const char* const point = "{name: gaussian, mean: [0.7, -1.2], covariance: 0}";

// One step from t to s and what it needs: the state, the draws, the data.
struct Step {
  Problem problem;
  double t, s;
  at::Tensor u, z, data = at::tensor({0.7, -1.2}, at::kDouble);

  Step(const std::string& process, double t, double s) : problem(process, point), t(t), s(s) {
    u = initial_states(problem, problem.grid({t, s}), 8);
  }

  at::Tensor take(const std::string& yaml) {
    const Program program = trace_sampler(*integrator(yaml), problem.field, problem.grid({t, s}));
    const KeyedNoise noise(5);
    for_each_operation(program.operations, [&](const Operation& operation) {
      const auto* op = std::get_if<Noise>(&operation);
      if (op == nullptr) return;
      z = at::empty_like(u);
      noise.draw(*op, z, {0, u.size(0)});
    });
    return run(program, problem.field, u, noise);
  }
  double alpha(double time) const { return problem.process->mean(time).value(); }
  double sigma(double time) const { return problem.process->root(time).value(); }
};

const std::vector<std::string> processes = {"{name: vp}", "{name: edm}", "{name: flow}",
                                            "{name: ve}", "{name: vp_cosine}"};

class AncestralMethods : public testing::TestWithParam<std::string> {};

// q(x_s | x_t, x_0) of Ho et al. 2020, eq. 7, for any (alpha, sigma).
TEST_P(AncestralMethods, step_is_the_posterior) {
  for (const std::string& process : processes)
    for (const auto& [t, s] : {std::pair{0.8, 0.5}, {0.3, 0.29}, {0.9, 0.05}}) {
      Step step(process, t, s);
      const at::Tensor result = step.take(GetParam());
      const double ratio = step.alpha(t) / step.alpha(s), st = step.sigma(t), ss = step.sigma(s);
      const double forward = st * st - ratio * ratio * ss * ss;  // variance of x_t given x_s
      const at::Tensor exact = ratio * ss * ss / (st * st) * step.u +
                               step.alpha(s) * forward / (st * st) * step.data +
                               std::sqrt(forward) * ss / st * step.z;
      EXPECT_LE(largest(result - exact), 1e-12) << process << " " << t << " " << s;
    }
}

INSTANTIATE_TEST_SUITE_P(known, AncestralMethods,
                         testing::Values("{name: ddim, eta: 1}", "{name: ancestral}",
                                         "{name: dpmpp_2m_sde}"),
                         test_name);

TEST(ddim, eta_scales_the_posterior_deviation) {
  Step step("{name: vp}", 0.8, 0.5);
  const at::Tensor result = step.take("{name: ddim, eta: 0.4}");
  const double ratio = step.alpha(0.8) / step.alpha(0.5), st = step.sigma(0.8),
               ss = step.sigma(0.5);
  const double deviation = 0.4 * ss / st * std::sqrt(st * st - ratio * ratio * ss * ss);
  const at::Tensor noise = (step.u - step.alpha(0.8) * step.data) / st;
  const at::Tensor exact = step.alpha(0.5) * step.data +
                           std::sqrt(ss * ss - deviation * deviation) * noise + deviation * step.z;
  EXPECT_LE(largest(result - exact), 1e-12);
}

TEST(euler_maruyama, step_is_the_reverse_sde) {
  for (const std::string& process : processes) {
    Step step(process, 0.6, 0.55);
    const at::Tensor result = step.take("{name: euler_maruyama}");
    const double f = step.problem.process->drift(0.6).value();
    const double g = step.problem.process->diffusion(0.6).value(), h = 0.55 - 0.6;
    const at::Tensor score =
        -(step.u - step.alpha(0.6) * step.data) / (step.sigma(0.6) * step.sigma(0.6));
    const at::Tensor exact = step.u + h * (f * step.u - g * g * score) + std::sqrt(-h) * g * step.z;
    EXPECT_LE(largest(result - exact), 1e-12) << process;
  }
}

TEST(euler_maruyama, two_slot_noise_enters_through_the_momentum) {
  Step step("{name: cld}", 0.6, 0.55);
  const at::Tensor result = step.take("{name: euler_maruyama}");
  const at::Tensor silent = run(trace_sampler(*integrator("{name: euler_maruyama}"),
                                              step.problem.field, step.problem.grid({0.6, 0.55})),
                                step.problem.field, step.u);
  const Block g = step.problem.process->diffusion(0.6);
  EXPECT_TRUE(result.select(1, 0).equal(silent.select(1, 0)));
  EXPECT_LE(
      largest((result - silent).select(1, 1) - std::sqrt(0.05) * g(1, 1) * step.z.select(1, 1)),
      1e-12);
}

// Straight lines to the point: Euler and Heun are exact after the churn.
TEST(churn, raises_the_noise_level_by_gamma) {
  for (const char* yaml : {"{name: heun, s_churn: 0.3, s_noise: 1.01}",
                           "{name: edm_ablation, s_churn: 0.3, s_noise: 1.01}"}) {
    Step step("{name: edm}", 2, 1.5);
    const at::Tensor result = step.take(yaml);
    const double raised = 2 * 1.3;
    const at::Tensor churned = step.u + std::sqrt(raised * raised - 4) * 1.01 * step.z;
    EXPECT_LE(largest(result - (step.data + 1.5 / raised * (churned - step.data))), 1e-12) << yaml;
  }
}

TEST(churn, gamma_is_at_most_sqrt_2_minus_1) {
  Step step("{name: edm}", 2, 1.5);
  const at::Tensor result = step.take("{name: heun, s_churn: 100}");
  const double raised = 2 * std::sqrt(2.0);
  const at::Tensor churned = step.u + 2 * step.z;
  EXPECT_LE(largest(result - (step.data + 1.5 / raised * (churned - step.data))), 1e-12);
}

TEST(churn, is_off_outside_its_range_of_noise_levels) {
  for (const char* range : {"s_min: 3", "s_max: 1"}) {
    Step step("{name: edm}", 2, 1.5);
    const std::string yaml = std::string("{name: heun, s_churn: 0.3, ") + range + "}";
    EXPECT_TRUE(step.take(yaml).equal(step.take("{name: heun}"))) << range;
  }
}

}  // namespace
}  // namespace strang
