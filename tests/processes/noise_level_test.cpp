// The noise level sigma / alpha and its inverse, in the middle and at both ends.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/processes/plugins.h"

namespace strang {
namespace {

using test::process;

class EveryPositionProcess : public testing::TestWithParam<const char*> {
 protected:
  std::unique_ptr<Process> p = process(GetParam());
};

TEST_P(EveryPositionProcess, time_at_noise_level_inverts_the_noise_level) {
  const double first = noise_level(*p, p->time().begin), last = noise_level(*p, p->time().end);
  for (double level = 1e-9; level < 1e4; level *= 3) {
    if (level < first || level > last) continue;
    // Where the signal vanishes at the end of time, the rounding of time alone moves the level by
    // eps level^2.
    const double t = p->time_at_noise_level(level);
    EXPECT_NEAR(noise_level(*p, t), level, (2e-14 + 4e-16 * level) * level) << "at t = " << t;
  }
}

TEST_P(EveryPositionProcess, noise_level_inverts_time_at_noise_level) {
  for (const double fraction : {1e-8, 1e-5, 0.003, 0.2, 0.5, 0.9}) {
    const double t = fraction * p->time().end;
    EXPECT_NEAR(p->time_at_noise_level(noise_level(*p, t)), t, 1e-14 + 1e-13 * t);
  }
}

INSTANTIATE_TEST_SUITE_P(processes, EveryPositionProcess,
                         testing::Values("{name: vp}", "{name: sub_vp}", "{name: vp_cosine}",
                                         "{name: vp_discrete}", "{name: ve}",
                                         "{name: ve, sigma: sqrt}", "{name: edm}", "{name: flow}"));

TEST(noise_level, zero_is_the_time_of_the_data) {
  for (const char* name : {"vp", "sub_vp", "vp_cosine", "vp_discrete", "edm", "flow"})
    EXPECT_EQ(process(std::string("{name: ") + name + "}")->time_at_noise_level(0), 0) << name;
  EXPECT_EQ(process("{name: ve, sigma: sqrt}")->time_at_noise_level(0), 0);
}

TEST(noise_level, infinity_is_where_the_signal_vanishes) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(process("{name: flow}")->time_at_noise_level(infinity), 1);
  const auto cosine = process("{name: vp_cosine, end: 1}");
  EXPECT_EQ(cosine->time_at_noise_level(infinity), 1);
  EXPECT_EQ(cosine->mean(1).value(), 0);
}

TEST(noise_level, geometric_ve_says_that_it_never_reaches_zero) {
  const auto ve = process("{name: ve}");
  const std::string message = test::usage_error([&] { ve->time_at_noise_level(0); });
  EXPECT_NE(message.find("sigma_min = 0.01"), std::string::npos) << message;
}

TEST(noise_level, a_two_slot_process_has_none) {
  const auto cld = process("{name: cld}");
  const std::string message = test::usage_error([&] { cld->time_at_noise_level(1); });
  EXPECT_NE(message.find("schedule in time"), std::string::npos) << message;
}

}  // namespace
}  // namespace strang
