// The cells of sweeps: combinations, zipped and listed ones, conditions, duplicates.

#include <gtest/gtest.h>

#include "experiments/sweep/plan.h"
#include "tests/experiments/runs.h"
#include "tests/files/message.h"

namespace strang {
namespace {

using test::contains;
using Labels = std::vector<std::string>;

SweepPlan plan(std::vector<std::string> overrides, const std::string& sweep) {
  static Registry all = [] {
    Registry filled;
    register_integrators(filled);
    register_models(filled);
    return filled;
  }();
  CommandLine line;
  line.overrides = {"~sweep", "samples=8", "reference=null", "output=out"};
  if (!sweep.empty()) line.overrides[0] = "++sweep={integrator: null, " + sweep + "}";
  line.overrides.insert(line.overrides.end(), overrides.begin(), overrides.end());
  line.multirun = true;
  return plan_sweep(Composer(line, all), line, all);
}

Labels labels(const SweepPlan& plan) {
  Labels result;
  for (const Cell& cell : plan.cells) {
    EXPECT_EQ(cell.number, result.size());
    result.push_back(cell.label);
  }
  return result;
}

TEST(cells, combine_in_hydras_order_with_their_cost) {
  const SweepPlan p = plan({"integrator=euler,heun", "steps=4,8"}, "");
  EXPECT_EQ(labels(p), (Labels{"integrator=euler steps=4", "integrator=euler steps=8",
                               "integrator=heun steps=4", "integrator=heun steps=8"}));
  EXPECT_EQ(p.cells[1].nfe, 8);
  EXPECT_EQ(p.cells[3].nfe, 15);
  EXPECT_EQ(p.output, "out");
  EXPECT_FALSE(plan({"steps=4"}, "").is_sweep);
}

TEST(cells, zipped_keys_go_together) {
  const SweepPlan p = plan({"integrator=euler,heun"}, "zip: {steps: [4, 8, 16], seed: '1,2,3'}");
  EXPECT_EQ(labels(p).size(), 6U);
  EXPECT_EQ(labels(p)[1], "integrator=euler steps=8 seed=2");
  EXPECT_EQ(labels(p)[3], "integrator=heun steps=4 seed=1");
  EXPECT_TRUE(contains(
      test::message_of<UsageError>([] { plan({}, "zip: {steps: [4, 8], seed: [1, 2, 3]}"); }),
      "'steps' has 2, 'seed' has 3"));
  EXPECT_EQ(labels(plan({"seed=5"}, "zip: {steps: [4, 8], seed: [1, 2]}")),
            (Labels{"steps=4", "steps=8"}))
      << "the line counts more";
}

TEST(cells, listed_ones_stand_behind_the_product) {
  EXPECT_EQ(labels(plan({"steps=4,8"}, "cells: [{steps: 3, integrator: heun}, 'seed=4']")),
            (Labels{"steps=4", "steps=8", "steps=3 integrator=heun", "seed=4"}));
}

TEST(cells, conditions_leave_some_out) {
  const SweepPlan p = plan({"integrator=euler,heun", "steps=4,8"},
                           "where: 'not (integrator == heun and steps > 4)'");
  EXPECT_EQ(labels(p), (Labels{"integrator=euler steps=4", "integrator=euler steps=8",
                               "integrator=heun steps=4"}));
  ASSERT_EQ(p.notes.size(), 1U);
  EXPECT_TRUE(contains(p.notes[0], "leaves out 1 of 4 cells: integrator=heun steps=8"));
  EXPECT_TRUE(
      contains(test::message_of<UsageError>([] { plan({"steps=4,8"}, "where: 'steps > 100'"); }),
               "no cell is left"));
}

TEST(cells, with_one_job_are_run_once) {
  const SweepPlan p = plan({"steps=4,8,4", "threads=1,2"}, "");
  EXPECT_EQ(labels(p), (Labels{"steps=4 threads=1", "steps=8 threads=1"}));
  ASSERT_EQ(p.notes.size(), 4U);
  EXPECT_EQ(p.notes[0], "'steps=4 threads=2' is the same job as cell 0 ('steps=4 threads=1')");
}

TEST(cells, that_are_wrong_keep_the_others) {
  const SweepPlan p = plan({"steps=4,0,8"}, "");
  EXPECT_TRUE(contains(p.cells[1].error, "'steps' is 0"));
  EXPECT_TRUE(p.cells[2].error.empty());
  EXPECT_TRUE(
      contains(test::message_of<UsageError>([] { plan({"steps=0,-1"}, ""); }), "'steps' is 0"));
}

}  // namespace
}  // namespace strang
