// Given times, in each of the variables, inline and from a file.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "core/store/hdf5.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

using test::process;
using test::schedule;

TEST(explicit_schedule, takes_times_as_they_are) {
  const auto p = process("{name: vp}");
  EXPECT_EQ(schedule("{name: explicit, times: [1, 0.5, 0.125]}")->times(*p, 2),
            (std::vector<double>{1, 0.5, 0.125}));
}

TEST(explicit_schedule, maps_noise_levels_and_log_snrs_through_the_process) {
  const auto p = process("{name: vp}");
  for (const char* text : {"{name: explicit, times: [30, 2, 0.5], in: noise_level}",
                           "{name: explicit, times: [-3.4011973816621555, -0.6931471805599453, "
                           "0.6931471805599453], in: log_snr}"}) {
    const std::vector<double> t = schedule(text)->times(*p, 2);
    EXPECT_NEAR(noise_level(*p, t[0]), 30, 1e-12);
    EXPECT_NEAR(noise_level(*p, t[1]), 2, 1e-13);
    EXPECT_NEAR(noise_level(*p, t[2]), 0.5, 1e-13);
  }
}

TEST(explicit_schedule, reads_a_dataset) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / fmt::format("strang_explicit_{}.h5", getpid());
  {
    auto file = store::File::create(path);
    file.root().write("grid", {{"node", 3}}, std::vector<double>{1, 0.25, 0});
    file.close();
  }
  const auto s = schedule("{name: explicit, file: " + path.string() + ", dataset: grid}");
  std::filesystem::remove(path);
  EXPECT_EQ(s->times(*process("{name: vp}"), 2), (std::vector<double>{1, 0.25, 0}));
}

TEST(explicit_schedule, says_how_many_steps_its_times_make) {
  const auto p = process("{name: vp}");
  const auto s = schedule("{name: explicit, times: [1, 0.5, 0]}");
  const std::string message = test::usage_error([&] { s->times(*p, 5); });
  EXPECT_NE(message.find("make 2 steps; the run asks for 5"), std::string::npos) << message;
}

TEST(explicit_schedule, needs_times_or_a_file_and_not_both) {
  EXPECT_NE(test::usage_error([] { schedule("{name: explicit}"); }).find("either"),
            std::string::npos);
  EXPECT_NE(test::usage_error([] {
              schedule("{name: explicit, times: [1, 0], file: a.h5}");
            }).find("not both"),
            std::string::npos);
}

}  // namespace
}  // namespace strang
