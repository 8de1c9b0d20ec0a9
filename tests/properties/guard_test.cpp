// Combinations that cannot work are refused before the first evaluation, with one message.

#include <gtest/gtest.h>

#include "experiments/experiment.h"
#include "tests/files/message.h"
#include "tests/properties/integrators.h"
#include "tests/properties/problem.h"

namespace strang {
namespace {

using namespace test;

struct Keys {
  std::string integrator = "{name: euler}", process = "{name: edm}", model = gaussian;
  std::string schedule = "{name: log_snr, end: 0.1}";
  std::string more = "samples: 8, microbatch: 8";
};

std::string refusal(const Keys& keys) {
  const std::string yaml = "{integrator: " + keys.integrator + ", process: " + keys.process +
                           ", model: " + keys.model + ", schedule: " + keys.schedule +
                           ", steps: 4, " + keys.more + "}";
  return usage_error([&] { build_experiment(config::parse_yaml(yaml, "test"), registry()); });
}

class EveryOneSlot : public testing::TestWithParam<std::string> {};

TEST_P(EveryOneSlot, is_refused_on_two_slots) {
  const std::string message = refusal({.integrator = GetParam(),
                                       .process = "{name: cld}",
                                       .schedule = "{name: uniform, end: 0.1}"});
  EXPECT_TRUE(contains(message, "works on states of 1 slot(s), but process 'cld' has 2"));
}

INSTANTIATE_TEST_SUITE_P(registry, EveryOneSlot,
                         testing::ValuesIn(integrators_where([](const IntegratorTraits& t) {
                           return t.slots == 1;
                         })),
                         test_name);

class EveryBuilt : public testing::TestWithParam<std::string> {};

TEST_P(EveryBuilt, builds_on_a_process_that_it_fits) {
  EXPECT_EQ(refusal({.integrator = GetParam()}), "");
}

// A misspelt option is never ignored.
TEST_P(EveryBuilt, refuses_an_unknown_option) {
  std::string yaml = GetParam();
  yaml.replace(yaml.find('}'), 1, ", no_such_option: 1}");
  EXPECT_TRUE(
      contains(refusal({.integrator = yaml}), "unknown option 'integrator.no_such_option'"));
}

TEST_P(EveryBuilt, couples_samples_only_in_one_micro_batch) {
  const std::string message =
      refusal({.integrator = GetParam(), .more = "samples: 9, microbatch: 8"});
  const bool couples = traits_of(GetParam()).couples_samples;
  EXPECT_TRUE(contains(message, couples ? "couples the samples of a batch" : ""));
  EXPECT_EQ(message.empty(), !couples);
}

INSTANTIATE_TEST_SUITE_P(registry, EveryBuilt, testing::ValuesIn(every_integrator()), test_name);

TEST(guards, small_micro_batches_are_refused) {
  EXPECT_TRUE(contains(refusal({.more = "samples: 8, microbatch: 3"}), "must be at least 4"));
  EXPECT_EQ(
      refusal({.integrator = "{name: rk45, norm: batch}", .more = "samples: 2, microbatch: 2"}),
      "");
}

TEST(guards, adaptive_methods_need_noise_at_the_end) {
  const std::string message =
      refusal({.integrator = "{name: rk45}", .schedule = "{name: karras, last: zero}"});
  EXPECT_TRUE(contains(message, "the noise level is zero at t = 0"));
}

TEST(guards, adaptive_methods_have_no_evaluation_budget) {
  const std::string yaml =
      "{integrator: {name: rk45}, process: {name: edm}, schedule: {name: log_snr}, model: " +
      std::string(gaussian) + ", nfe: 20}";
  EXPECT_TRUE(
      contains(usage_error([&] { build_experiment(config::parse_yaml(yaml, "test"), registry()); }),
               "'nfe' cannot be set for an adaptive integrator"));
}

TEST(guards, churn_needs_positions_alone) {
  EXPECT_TRUE(contains(refusal({.integrator = "{name: heun, s_churn: 1}",
                                .process = "{name: cld}",
                                .schedule = "{name: uniform, end: 0.1}"}),
                       "works on states of 1 slot(s)"));
}

TEST(guards, unknown_names_are_refused_with_the_nearest) {
  EXPECT_TRUE(contains(refusal({.integrator = "{name: huen}"}),
                       "there is no integrator 'huen' (did you mean 'heun'"));
  EXPECT_TRUE(contains(refusal({.process = "{name: edn}"}), "did you mean 'edm'"));
}

TEST(guards, missing_names_are_refused) {
  EXPECT_TRUE(contains(refusal({.integrator = "{eta: 1}"}), "'integrator' needs a key 'name'"));
}

TEST(guards, nfe_is_the_largest_number_of_steps_that_fits) {
  for (const auto& [nfe, steps] : {std::pair{35, 18}, {36, 18}, {37, 19}, {1, 1}}) {
    const std::string yaml =
        "{integrator: {name: heun}, process: {name: edm}, schedule: {name: karras, last: zero}, "
        "model: " +
        std::string(gaussian) + ", nfe: " + std::to_string(nfe) + "}";
    const Experiment e = build_experiment(config::parse_yaml(yaml, "test"), registry());
    EXPECT_EQ(e.grid->steps(), steps);
  }
}

}  // namespace
}  // namespace strang
