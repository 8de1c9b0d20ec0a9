// Options by search: on phase space a tuned lambda beats lambda = 0, on states it has not seen, and
// the stored program is the integrator with it.

#include <gtest/gtest.h>

#include <map>

#include "tests/fit/problem_fit.h"

namespace strang::test {
namespace {

const std::string scheme =
    "name: splitting, conjugate: ones, scheme: [{full: 1, evaluate: start}], lambda: ";
constexpr const char* quadratic = "{name: quadratic, end: 1.0e-3}";

TEST(lambda_search, finds_a_lambda_that_beats_none_on_other_states) {
  FitProblem p("{name: psld}", "{" + scheme + "0}", quadratic, 10, mixture);
  p.microbatch = 64;
  const Artefact artefact =
      p.optimize("{name: lambda_search, samples: 64, integrator: {" + scheme + "0}}");
  const std::map<std::string, double> found(artefact.found.begin(), artefact.found.end());
  EXPECT_GT(found.at("lambda"), 0.2);
  EXPECT_LT(found.at("lambda"), 4);
  EXPECT_LT(found.at("held_out_rmse_after"), 0.9 * found.at("held_out_rmse_before"));

  const at::Tensor u = p.states(8);
  const auto same = registry().integrators.build(
      config::parse_yaml(fmt::format("{{{}{}}}", scheme, found.at("lambda")), "test"), "integrator",
      registry());
  EXPECT_TRUE(
      run(artefact.program, p.problem.field, u)
          .equal(run(trace_sampler(*same.object, p.problem.field, p.grid), p.problem.field, u)));
}

TEST(lambda_search, refuses_stochastic_integrators) {
  FitProblem p("{name: psld}", "{" + scheme + "0}", quadratic, 4, mixture);
  EXPECT_THROW(p.optimize("{name: lambda_search, samples: 16, keys: [lambda_s], low: [0], high: "
                          "[2], integrator: {name: splitting, lambda_s: 1, scheme: [{ou: 1}, "
                          "{kick: 1, evaluate: start}, {drift: 1}]}}"),
               UsageError);
}

}  // namespace
}  // namespace strang::test
