// Options by search: on phase space a tuned lambda beats lambda = 0, on states it has not seen, and
// the stored program is the integrator with it.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

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

std::map<std::string, double> found_by(FitProblem& p, const std::string& optimizer) {
  const Artefact artefact = p.optimize("{name: lambda_search, samples: 256, " + optimizer + "}");
  return {artefact.found.begin(), artefact.found.end()};
}

TEST(lambda_search, entries_of_b_do_no_worse_than_a_multiple_of_one_matrix) {
  const auto custom = [](double value) {
    return fmt::format(
        "{{name: splitting, conjugate: custom, lambda: 1, matrix: [[{0}, {0}], [{0}, {0}]], "
        "scheme: "
        "[{{full: 1, evaluate: start}}]}}",
        value);
  };
  FitProblem p("{name: psld}", custom(2), quadratic, 10, mixture);
  const auto found = found_by(p,
                              "evaluations: 90, keys: [matrix.0.0, matrix.0.1, matrix.1.0, "
                              "matrix.1.1], low: [0, 0, 0, 0], high: [4, 4, 4, 4], integrator: " +
                                  custom(2));
  EXPECT_LT(found.at("held_out_rmse_after"), 0.95 * found.at("held_out_rmse_before"));
  const std::vector<double> b = {found.at("matrix.0.0"), found.at("matrix.0.1"),
                                 found.at("matrix.1.0"), found.at("matrix.1.1")};
  EXPECT_GT(*std::max_element(b.begin(), b.end()) - *std::min_element(b.begin(), b.end()), 1e-3);
}

const std::string roba =
    "integrator: {name: splitting, lambda_s: 0, lambda_s_mode: tbar, scheme: [{ou: 1}, {kick: 1, "
    "evaluate: start}, {drift: 1}]}, keys: [lambda_s], low: [0], high: [2]";

// The draws of every candidate are the same, so that the search repeats to the bit.
TEST(lambda_search, compares_laws_where_noise_is_drawn) {
  FitProblem p("{name: psld, gamma: 0.5, nu: 4.5}", "{" + scheme + "0}", quadratic, 12, mixture);
  const auto found = found_by(p, roba);
  EXPECT_LT(found.at("held_out_energy_distance_after"),
            found.at("held_out_energy_distance_before"));
  EXPECT_GT(found.at("lambda_s"), 0);
  EXPECT_EQ(found, found_by(p, roba));
}

TEST(lambda_search, refuses_endpoints_of_stochastic_integrators) {
  FitProblem p("{name: psld}", "{" + scheme + "0}", quadratic, 4, mixture);
  EXPECT_THROW(p.optimize("{name: lambda_search, objective: endpoint, " + roba + "}"), UsageError);
}

}  // namespace
}  // namespace strang::test
