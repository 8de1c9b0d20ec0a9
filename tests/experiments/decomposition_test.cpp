#include "experiments/decomposition.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "analysis/statistics.h"
#include "experiments/final_states.h"
#include "experiments/sources.h"
#include "tests/experiments/runs.h"

namespace strang {
namespace {

// One Gaussian N(0, v) of one dimension under EDM: every flow is a factor,
// x(s) = x(t) sqrt((v + s^2) / (v + t^2)).
const std::vector<std::string> problem = {"~sweep",
                                          "model=gaussian",
                                          "model.mean=0",
                                          "model.shape=[1]",
                                          "model.covariance=0.5",
                                          "schedule=explicit",
                                          "schedule.in=time",
                                          "schedule.times=[3,2,1,0.25]",
                                          "steps=3",
                                          "samples=2000",
                                          "integrator=heun",
                                          "+errors.decompose=true",
                                          "reference.steps=400",
                                          "reference.schedule={name: power, start: 3, end: 0.25}"};

std::map<std::string, std::vector<double>> parts_of(std::vector<std::string> more) {
  std::vector<std::string> overrides = problem;
  overrides.insert(overrides.end(), more.begin(), more.end());
  const Experiment e = test::experiment(overrides);
  require_decomposition(e, test::registry(), true);
  ReferenceCache references;
  const auto reference = references.get(e, test::registry());
  FinalStates states(e);
  const ZeroNoise noise;
  run_program(e.program, *e.field, e.spec, noise,
              make_initial(e.spec, *e.grid, e.model->event_shape()), states, 0);
  const Decomposition found = decompose(e, test::registry(), *reference, states.states());
  return {found.parts.begin(), found.parts.end()};
}

// x_T = 3 z against sqrt(v) x + 3 z, carried to t = 0.25; from there to 0.
TEST(decomposition, is_that_of_one_gaussian_in_closed_form) {
  const auto parts = parts_of({});
  EXPECT_EQ(parts.count("score"), 0U);
  const double v = 0.5, start = v + 9, end = v + 0.0625;
  EXPECT_NEAR(analysis::rms(parts.at("prior")), std::sqrt(v * end / start), 0.01);
  const double shrink = 1 - std::sqrt(v / end);
  EXPECT_NEAR(analysis::rms(parts.at("end_time")), shrink * std::sqrt(end), 0.003);
  EXPECT_GT(analysis::rms(parts.at("discretisation")), 0.01);
}

TEST(decomposition, parts_add_up_to_the_total_at_most) {
  const auto parts = parts_of({});
  for (std::size_t i = 0; i < parts.at("total").size(); ++i)
    EXPECT_LE(parts.at("total")[i], parts.at("discretisation")[i] + parts.at("prior")[i] +
                                        parts.at("end_time")[i] + 1e-12);
}

// The run's model has another variance than the exact one: both flows are factors of 3 z.
TEST(decomposition, the_score_part_is_the_distance_of_two_models) {
  const auto parts =
      parts_of({"errors.decompose={model: {name: gaussian, mean: 0, covariance: 0.5, shape: [1]}}",
                "model.covariance=0.7"});
  const double own = std::sqrt((0.7 + 0.0625) / (0.7 + 9));
  const double exact = std::sqrt((0.5 + 0.0625) / (0.5 + 9));
  EXPECT_NEAR(analysis::rms(parts.at("score")), 3 * (own - exact), 0.01);
}

TEST(decomposition, needs_an_exact_model_and_a_reference) {
  const Experiment e = test::experiment({"~sweep", "+errors.decompose=true"});
  EXPECT_THROW(require_decomposition(e, test::registry(), false), UsageError);
  require_decomposition(e, test::registry(), true);
}

}  // namespace
}  // namespace strang
