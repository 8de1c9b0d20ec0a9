// Deterministic integrators converge with the order that they declare, to the exact solution of the
// probability-flow ODE of a Gaussian.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/properties/integrators.h"
#include "tests/properties/problem.h"

namespace strang {
namespace {

using namespace test;

class EveryDeterministic : public testing::TestWithParam<std::string> {};
class EveryStochastic : public testing::TestWithParam<std::string> {};
class EveryAdaptive : public testing::TestWithParam<std::string> {};

// The exact flow from t0 to t1 for data N(mean, variance): deviations scale as the marginal's.
at::Tensor exact_flow(const Process& process, const at::Tensor& u, double t0, double t1) {
  const at::Tensor mean = at::tensor({0.5, -1.0}, at::kDouble);
  const at::Tensor variance = at::tensor({0.5, 1.5}, at::kDouble);
  const auto marginal = [&](double t) {
    const double a = process.mean(t).value(), s = process.root(t).value();
    return (a * a * variance + s * s).sqrt();
  };
  const double a0 = process.mean(t0).value(), a1 = process.mean(t1).value();
  return a1 * mean + marginal(t1) / marginal(t0) * (u - a0 * mean);
}

struct Setting {
  std::string process, schedule;
};
const std::vector<Setting> settings = {
    {"{name: vp}", "{name: uniform, end: 0.01}"},
    {"{name: vp}", "{name: log_snr, end: 0.01}"},
    {"{name: edm, sigma_max: 20}", "{name: log_snr, end: 0.05}"},
    {"{name: edm, sigma_max: 10}", "{name: karras, sigma_min: 0.1, sigma_max: 10}"}};

double slope(const std::string& yaml, const Setting& setting, const std::vector<int>& steps) {
  const Problem problem(setting.process, gaussian);
  std::vector<double> errors;
  for (const int n : steps) {
    Grid grid = problem.grid(setting.schedule, n);
    // Ends above zero noise, where every method has its full order.
    if (!grid.evaluable(n)) grid = problem.grid({grid.times().begin(), grid.times().end() - 1});
    const at::Tensor u = initial_states(problem, grid, 16);
    const at::Tensor result =
        run(trace_sampler(*integrator(yaml), problem.field, grid), problem.field, u);
    errors.push_back(rms(result - exact_flow(*problem.process, u, grid[0], grid[grid.steps()])));
  }
  return order_of(steps, errors);
}

TEST_P(EveryDeterministic, converges_with_its_declared_order) {
  const IntegratorTraits traits = traits_of(GetParam());
  const int order = traits.order;
  // The error of a multistep method's first steps shows on very fine grids only.
  const std::vector<int> steps =
      traits.step_order > 0 ? std::vector{1024, 2048, 4096} : std::vector{128, 256, 512};
  double lowest = 1e300;
  for (const Setting& setting : settings) {
    const double found = slope(GetParam(), setting, steps);
    EXPECT_GT(found, order - 0.25) << setting.process << " " << setting.schedule;
    lowest = std::min(lowest, found);
  }
  EXPECT_LT(lowest, std::max(order, traits.step_order) + 0.25) << "it declares less than it has";
}

// Without noise a stochastic method integrates an ODE of its own; its order is a lower bound.
TEST_P(EveryStochastic, converges_without_noise) {
  const Setting& setting = settings[1];
  const Problem problem(setting.process, mixture);  // of a Gaussian, eta = 1 finds the mean exactly
  const auto solve = [&](int n) {
    const Grid grid = problem.grid(setting.schedule, n);
    const at::Tensor u = initial_states(problem, grid, 16);
    return run(trace_sampler(*integrator(GetParam()), problem.field, grid), problem.field, u);
  };
  const at::Tensor fine = solve(2048);
  const std::vector<int> steps = {64, 128};
  const double found = order_of(steps, {rms(solve(64) - fine), rms(solve(128) - fine)});
  EXPECT_GE(found, traits_of(GetParam()).order - 0.25);
}

TEST_P(EveryAdaptive, error_falls_with_the_tolerance) {
  for (const Setting& setting : {settings[0], settings[2]}) {
    const Problem problem(setting.process, mixture);
    const Grid grid = problem.grid(setting.schedule, 3);
    const at::Tensor u = initial_states(problem, grid, 8);
    const auto solve = [&](const char* tolerance) {
      std::string yaml = GetParam();
      yaml.replace(yaml.find('}'), 1,
                   std::string(", rtol: ") + tolerance + ", atol: " + tolerance + "}");
      return run(trace_sampler(*integrator(yaml), problem.field, grid), problem.field, u);
    };
    const at::Tensor exact = solve("1e-12");
    double before = 1;
    for (const auto& [text, tolerance] :
         {std::pair{"1e-4", 1e-4}, {"1e-6", 1e-6}, {"1e-8", 1e-8}}) {
      const double error = largest(solve(text) - exact);
      EXPECT_LT(error, 30 * tolerance) << setting.process;
      EXPECT_LT(error, 0.1 * before) << setting.process;
      before = error;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(registry, EveryDeterministic,
                         testing::ValuesIn(integrators_where([](const IntegratorTraits& t) {
                           return !t.stochastic && !t.adaptive;
                         })),
                         test_name);
INSTANTIATE_TEST_SUITE_P(registry, EveryStochastic,
                         testing::ValuesIn(integrators_where([](const IntegratorTraits& t) {
                           return t.stochastic && !t.adaptive;
                         })),
                         test_name);
INSTANTIATE_TEST_SUITE_P(registry, EveryAdaptive,
                         testing::ValuesIn(integrators_where([](const IntegratorTraits& t) {
                           return !t.stochastic && t.adaptive;
                         })),
                         test_name);

}  // namespace
}  // namespace strang
