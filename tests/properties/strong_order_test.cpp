// Stochastic methods of the reverse SDE (Song et al. 2021b, eq. 6) see one Brownian path on every
// grid: they converge to one solution on it, sample by sample, with order one (the noise is
// additive).

#include <gtest/gtest.h>

#include "core/program/brownian_path.h"
#include "tests/properties/integrators.h"
#include "tests/properties/problem.h"

namespace strang {
namespace {

using namespace test;

class ReverseSde : public testing::TestWithParam<std::string> {};

at::Tensor solve(const Problem& problem, const std::string& yaml, int steps) {
  const Grid grid = problem.grid("{name: uniform, start: 0.9, end: 0.1}", steps);
  const BrownianPath path(
      2, [&](double t) { return problem.process->noise_clock(t); }, 0.1, 0.9);
  return run(trace_sampler(*integrator(yaml), problem.field, grid), problem.field,
             initial_states(problem, grid, 24), path);
}

TEST_P(ReverseSde, converges_strongly_with_order_one) {
  for (const char* process : {"{name: vp, beta_max: 6}", "{name: edm}"}) {
    const Problem problem(process, gaussian);
    const at::Tensor exact = solve(problem, "{name: ddim, eta: 1}", 1024);
    std::vector<double> errors;
    const std::vector<int> steps = {16, 32, 64};
    for (const int n : steps) errors.push_back(rms(solve(problem, GetParam(), n) - exact));
    EXPECT_GE(order_of(steps, errors), 0.75) << process;
    EXPECT_LT(errors.back(), 0.05) << process;
  }
}

INSTANTIATE_TEST_SUITE_P(known, ReverseSde,
                         testing::Values("{name: euler_maruyama}", "{name: ddim, eta: 1}",
                                         "{name: ancestral}", "{name: dpmpp_2m_sde}"),
                         test_name);

}  // namespace
}  // namespace strang
