// Integrators that declare any number of slots run on phase space: positions and momenta.

#include <gtest/gtest.h>

#include "core/program/cost.h"
#include "tests/properties/integrators.h"
#include "tests/properties/problem.h"

namespace strang {
namespace {

using namespace test;

class EveryTwoSlot : public testing::TestWithParam<std::string> {
 protected:
  Problem problem{"{name: cld}", gaussian};

  Grid grid(int steps) const { return problem.grid("{name: uniform, end: 0.1}", steps); }
  at::Tensor solve(const std::string& yaml, int steps) const {
    return run(trace_sampler(*integrator(yaml), problem.field, grid(steps)), problem.field,
               initial_states(problem, grid(steps), 8));
  }
};

class TwoSlotsOfIndependentSamples : public EveryTwoSlot {};  // no number is shared by a batch

TEST_P(EveryTwoSlot, gives_finite_states_with_noise) {
  const at::Tensor result = run(trace_sampler(*integrator(GetParam()), problem.field, grid(50)),
                                problem.field, initial_states(problem, grid(50), 8), KeyedNoise(1));
  EXPECT_EQ(result.size(1), 2);
  EXPECT_TRUE(result.isfinite().all().item<bool>());
}

TEST_P(EveryTwoSlot, converges_with_its_declared_order) {
  const IntegratorTraits traits = traits_of(GetParam());
  if (traits.adaptive) {
    EXPECT_LT(largest(solve(GetParam(), 2) - solve("{name: heun}", 2048)), 1e-3);
    return;
  }
  const at::Tensor fine = traits.stochastic ? solve(GetParam(), 4096) : solve("{name: heun}", 2048);
  const double order = order_of(
      {128, 256}, {rms(solve(GetParam(), 128) - fine), rms(solve(GetParam(), 256) - fine)});
  EXPECT_GT(order, traits.order - 0.25);  // constants that are small for one part may hide it
  EXPECT_LT(order, traits.order + 0.5);
}

TEST_P(EveryTwoSlot, counts_the_cost_that_it_declares) {
  const IntegratorTraits traits = traits_of(GetParam());
  const Cost cost = count_cost(trace_sampler(*integrator(GetParam()), problem.field, grid(10)));
  EXPECT_EQ(cost.adaptive, traits.adaptive);  // then of one attempt a step
  EXPECT_EQ(cost.evaluations, traits.nfe(10, false));
}

TEST_P(TwoSlotsOfIndependentSamples, splitting_a_run_changes_no_bit) {
  const Program program = trace_sampler(*integrator(GetParam()), problem.field, grid(10));
  for (const at::ScalarType type : {at::kDouble, at::kFloat}) {
    const at::Tensor u = initial_states(problem, grid(10), 10, type);
    const KeyedNoise noise(1);
    EXPECT_TRUE(run(program, problem.field, u, noise, {4})
                    .equal(run(program, problem.field, u, noise, {4, {2, 1, 0}, true})));
  }
}

bool serves_two_slots(const IntegratorTraits& t) { return t.slots == 0 || t.slots == 2; }

INSTANTIATE_TEST_SUITE_P(phase_space, EveryTwoSlot, testing::ValuesIn(phase_space_integrators()),
                         test_name);
INSTANTIATE_TEST_SUITE_P(registry, EveryTwoSlot,
                         testing::ValuesIn(integrators_where(serves_two_slots)), test_name);
INSTANTIATE_TEST_SUITE_P(phase_space, TwoSlotsOfIndependentSamples,
                         testing::ValuesIn(phase_space_integrators()), test_name);
INSTANTIATE_TEST_SUITE_P(registry, TwoSlotsOfIndependentSamples,
                         testing::ValuesIn(integrators_where([](const IntegratorTraits& t) {
                           return serves_two_slots(t) && !t.couples_samples;
                         })),
                         test_name);

}  // namespace
}  // namespace strang
