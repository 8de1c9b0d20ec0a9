// What every schedule must satisfy, and the rule of each.

#include <gtest/gtest.h>

#include <cmath>

#include "core/sampling/grid.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

using test::process;
using test::schedule;

struct Case {
  const char* schedule;
  const char* process;
};

class EverySchedule : public testing::TestWithParam<Case> {};

TEST_P(EverySchedule, gives_one_time_more_than_steps_and_they_fall) {
  const auto p = process(GetParam().process);
  const auto s = schedule(GetParam().schedule);
  for (const int steps : {1, 2, 3, 18, 250}) {
    const std::vector<double> times = s->times(*p, steps);
    ASSERT_EQ(times.size(), steps + 1u);
    const Grid grid(*p, times);  // refuses times that do not fall
    EXPECT_LE(grid[0], p->time().end * (1 + 1e-12));
  }
}

INSTANTIATE_TEST_SUITE_P(
    schedules, EverySchedule,
    testing::Values(
        Case{"{name: uniform}", "{name: vp}"}, Case{"{name: uniform, last: zero}", "{name: cld}"},
        Case{"{name: quadratic}", "{name: cld}"},
        Case{"{name: quadratic, last: zero}", "{name: flow}"},
        Case{"{name: power, rho: 3}", "{name: vp_cosine}"}, Case{"{name: karras}", "{name: edm}"},
        Case{"{name: karras}", "{name: vp}"},
        Case{"{name: karras, last: sigma_min}", "{name: flow}"},
        Case{"{name: karras, sigma_max: 50, sigma_min: 0.02, last: sigma_min}", "{name: ve}"},
        Case{"{name: log_snr}", "{name: vp}"},
        Case{"{name: log_snr, start: 0.999, last: zero}", "{name: flow}"},
        Case{"{name: edm_ve}", "{name: ve, sigma: sqrt, sigma_max: 100}"},
        Case{"{name: edm_vp}", "{name: vp}"}, Case{"{name: discrete}", "{name: vp_discrete}"},
        Case{"{name: discrete, spacing: trailing}", "{name: vp_discrete}"},
        Case{"{name: discrete, spacing: linspace}", "{name: vp_discrete}"}));

TEST(schedule, ends_are_exact) {
  const auto edm = process("{name: edm}");
  const std::vector<double> t = schedule("{name: karras}")->times(*edm, 18);
  EXPECT_EQ(t[0], 80);
  EXPECT_EQ(t[17], 0.002);
  EXPECT_EQ(t[18], 0);
  const std::vector<double> u = schedule("{name: power, start: 0.9, end: 0.01}")->times(*edm, 7);
  EXPECT_EQ(u.front(), 0.9);
  EXPECT_EQ(u.back(), 0.01);
}

// Under `map`, all steps of the grid but the last `tail` are equal.
template <class Map>
void expect_equal_steps(const std::vector<double>& times, int tail, Map map) {
  const double first = map(times[1]) - map(times[0]);
  for (std::size_t i = 2; i + tail < times.size(); ++i)
    EXPECT_NEAR(map(times[i]) - map(times[i - 1]), first, 1e-11 * std::abs(first)) << i;
}

TEST(schedule, steps_are_equal_in_the_variable_of_the_rule) {
  const auto vp = process("{name: vp}");
  expect_equal_steps(schedule("{name: uniform}")->times(*vp, 12), 0, [](double t) { return t; });
  expect_equal_steps(schedule("{name: quadratic}")->times(*vp, 12), 0,
                     [](double t) { return std::sqrt(std::max(t - 1e-3, 0.0)); });
  expect_equal_steps(schedule("{name: power, rho: 3}")->times(*vp, 12), 0,
                     [](double t) { return std::cbrt(t); });
  expect_equal_steps(schedule("{name: log_snr}")->times(*vp, 12), 0,
                     [&](double t) { return log_snr(*vp, t); });
  expect_equal_steps(schedule("{name: karras, sigma_max: 100}")->times(*vp, 12), 1,
                     [&](double t) { return std::pow(noise_level(*vp, t), 1.0 / 7); });
  expect_equal_steps(schedule("{name: edm_ve}")->times(*vp, 12), 1,
                     [&](double t) { return std::log(noise_level(*vp, t)); });
  expect_equal_steps(schedule("{name: edm_vp}")->times(*vp, 12), 1, [](double t) { return t; });
}

TEST(schedule, last_zero_spends_one_step_on_the_way_to_the_data) {
  const auto vp = process("{name: vp}");
  const std::vector<double> t = schedule("{name: uniform, end: 0.1, last: zero}")->times(*vp, 4);
  const std::vector<double> expected{1, 0.7, 0.4, 0.1, 0};
  for (int i = 0; i < 5; ++i) EXPECT_NEAR(t[i], expected[i], 1e-15);
}

TEST(schedule, refuses_a_range_that_is_none) {
  const auto vp = process("{name: vp}");
  EXPECT_NE(test::usage_error([&] {
              schedule("{name: uniform, end: 1}")->times(*vp, 4);
            }).find("below the start"),
            std::string::npos);
  EXPECT_NE(test::usage_error([&] {
              schedule("{name: karras, sigma_min: 3, sigma_max: 2}")->times(*vp, 4);
            }).find("below sigma_max"),
            std::string::npos);
  const auto flow = process("{name: flow}");
  EXPECT_NE(test::usage_error([&] {
              schedule("{name: log_snr}")->times(*flow, 4);
            }).find("log-SNR at t = 1 is -inf"),
            std::string::npos);
  const auto cld = process("{name: cld}");
  EXPECT_NE(test::usage_error([&] {
              schedule("{name: karras}")->times(*cld, 4);
            }).find("schedule in time"),
            std::string::npos);
}

}  // namespace
}  // namespace strang
