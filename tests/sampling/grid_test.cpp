#include "core/sampling/grid.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/files/message.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

using namespace test;

struct Grids : testing::Test {
  std::unique_ptr<Process> edm = process("{name: edm}");
  std::string refusal(std::vector<double> times) {
    return usage_error([&] { Grid(*edm, std::move(times)); });
  }
};

TEST_F(Grids, malformed_times_are_refused) {
  EXPECT_TRUE(contains(refusal({}), "at least two times, found 0"));
  EXPECT_TRUE(contains(refusal({1}), "at least two times, found 1"));
  EXPECT_TRUE(contains(refusal({2, 1, 1}), "time 1 is 1, time 2 is 1"));
  EXPECT_TRUE(contains(refusal({1, 2}), "must strictly decrease"));
  EXPECT_TRUE(contains(refusal({1, std::numeric_limits<double>::quiet_NaN()}),
                       "time 1 of the grid is nan"));
  EXPECT_TRUE(contains(refusal({std::numeric_limits<double>::infinity(), 1}), "must be finite"));
  EXPECT_TRUE(contains(refusal({1, -0.1}), "ends at -0.1, before the data at 0"));
  EXPECT_EQ(refusal({2, 1, 0}), "");
}

TEST_F(Grids, score_does_not_exist_at_zero_noise) {
  const Grid grid(*edm, {2, 1, 0});
  EXPECT_TRUE(grid.evaluable(0));
  EXPECT_TRUE(grid.evaluable(1));
  EXPECT_FALSE(grid.evaluable(2));
}

TEST_F(Grids, log_snr_is_that_of_the_process) {
  const auto vp = process("{name: vp}");
  const Grid grid(*vp, {0.9, 0.5, 0.2});
  for (const int i : {0, 1, 2})
    EXPECT_NEAR(grid.log_snr(i), std::log(grid.alpha(i) / grid.sigma(i)), 1e-14);
  EXPECT_NEAR(grid.log_snr_step(1), grid.log_snr(2) - grid.log_snr(1), 1e-14);
  EXPECT_GT(grid.log_snr_step(0), 0);
}

TEST_F(Grids, refined_intervals_know_whether_the_run_ends) {
  const Grid grid(*edm, {4, 2, 1});
  const Grid first = grid.refine(0, 4), last = grid.refine(1, 3);
  EXPECT_EQ(first.times(), (std::vector<double>{4, 3.5, 3, 2.5, 2}));
  EXPECT_EQ(last.steps(), 3);
  EXPECT_EQ(last[0], 2);
  EXPECT_EQ(last[3], 1);
  EXPECT_FALSE(first.is_run_end(4));
  EXPECT_TRUE(last.is_run_end(3));
  EXPECT_FALSE(last.is_run_end(2));
  EXPECT_FALSE(last.refine(0, 2).is_run_end(2));
}

TEST_F(Grids, a_single_step_is_a_grid) {
  const Grid grid(*edm, {4, 2, 1});
  EXPECT_EQ(grid.step(4, 3).times(), (std::vector<double>{4, 3}));
  EXPECT_FALSE(grid.step(4, 3).is_run_end(1));
  EXPECT_TRUE(grid.step(2, 1).is_run_end(1));
}

}  // namespace
}  // namespace strang
