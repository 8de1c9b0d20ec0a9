// What an integrator declares to cost is what its program costs, and what the executor counts.

#include "core/program/cost.h"

#include <gtest/gtest.h>

#include "tests/properties/integrators.h"
#include "tests/properties/problem.h"

namespace strang {
namespace {

using namespace test;

class EveryCost : public testing::TestWithParam<std::string> {};
class EveryFixedCost : public EveryCost {};  // known before the run

// Noise levels from 10 to 0.1 and, where wanted, zero.
Grid grid_of(const Problem& problem, int steps, bool to_zero) {
  std::vector<double> times;
  const int positive = to_zero ? steps : steps + 1;
  for (int i = 0; i < positive; ++i) times.push_back(10 * std::pow(0.3, i));
  if (to_zero) times.push_back(0);
  return problem.grid(times);
}

TEST_P(EveryCost, declared_cost_is_the_counted_cost) {
  const Problem problem("{name: edm}", gaussian);
  const auto method = integrator(GetParam());
  for (const int steps : {1, 2, 5})
    for (const bool to_zero : {false, true}) {
      if (to_zero && method->traits().adaptive) continue;  // refused: see guard_test
      const Program program =
          trace_sampler(*method, problem.field, grid_of(problem, steps, to_zero));
      const Cost cost = count_cost(program);
      EXPECT_EQ(cost.evaluations, method->traits().nfe(steps, to_zero)) << steps << to_zero;
      EXPECT_EQ(cost.guidance, 0);
      EXPECT_EQ(cost.adaptive, method->traits().adaptive);
      EXPECT_EQ(is_coupled(program), method->traits().couples_samples);
      if (!method->traits().stochastic) {
        EXPECT_EQ(cost.noise, 0);
      }
      if (method->traits().stochastic && !to_zero) {
        EXPECT_GT(cost.noise, 0);
      }
      EXPECT_EQ(static_cast<int>(count_steps(program).size()), steps);
    }
}

TEST_P(EveryFixedCost, executor_counts_the_cost_for_each_sample) {
  const Problem problem("{name: edm}", gaussian);
  const auto method = integrator(GetParam());
  const Grid grid = grid_of(problem, 3, true);
  const Program program = trace_sampler(*method, problem.field, grid);
  const ZeroNoise noise;
  Executor executor(program, problem.field, noise, {4, at::kDouble, {2}, 0});
  const at::Tensor u = initial_states(problem, grid, 6);
  Results results(u);
  for (const int j : {0, 1}) executor.run(j, 6, rows_of(u), results);
  EXPECT_EQ(executor.counters().evaluations, 6 * count_cost(program).evaluations);
}

INSTANTIATE_TEST_SUITE_P(registry, EveryCost, testing::ValuesIn(every_integrator()), test_name);
INSTANTIATE_TEST_SUITE_P(registry, EveryFixedCost,
                         testing::ValuesIn(integrators_where([](const IntegratorTraits& t) {
                           return !t.adaptive;
                         })),
                         test_name);

// With a data-predicting model (the exact ones). Passes and buffers of one step in the middle of a
// run.
struct Memory {
  const char* integrator;
  int evaluations, passes, buffers;
};

class Memories : public testing::TestWithParam<Memory> {};

TEST_P(Memories, passes_and_buffers_are_the_fewest) {
  const Memory& expected = GetParam();
  for (const char* process : {"{name: vp}", "{name: edm}", "{name: flow}"}) {
    const Problem problem(process, gaussian);
    const Grid grid = problem.grid({0.9, 0.7, 0.5, 0.3, 0.1});
    const Program program = trace_sampler(*integrator(expected.integrator), problem.field, grid);
    const std::vector<Cost> steps = count_steps(program);
    ASSERT_EQ(steps.size(), 4u);
    for (const int i : {1, 2}) {
      EXPECT_EQ(steps[i].evaluations, expected.evaluations) << process;
      EXPECT_EQ(steps[i].passes, expected.passes) << process;
    }
    EXPECT_LE(count_cost(program).buffers, expected.buffers) << process;
  }
}

INSTANTIATE_TEST_SUITE_P(known, Memories,
                         testing::Values(Memory{"{name: ddim}", 1, 1, 2},
                                         Memory{"{name: euler}", 1, 1, 2},
                                         Memory{"{name: dpmpp_2m}", 1, 1, 3},
                                         Memory{"{name: heun}", 2, 2, 4}));

}  // namespace
}  // namespace strang
