// Noise levels that the official EDM samplers evaluate at (shared/golden/seed002, edm_official.h5),
// to 1e-12, and the time grids of the released PSLD code (shared/golden/seed000), to 1e-12.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "core/store/hdf5.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

using test::process;
using test::schedule;

class ScheduleGolden : public testing::Test {
 protected:
  static store::Group open(const std::string& file) {
    return store::File::open(test::shared("golden/" + file)).root();
  }
  void SetUp() override {
    if (!std::filesystem::exists(test::shared("golden"))) GTEST_SKIP() << "no shared/golden";
  }
};

struct EdmCase {
  const char* group;
  int steps;
  const char* schedule;
  const char* process;
};

// Heun's calls are at t_0, t_1, t_1, t_2, t_2, ...: every noise level of the grid but zero, in
// order.
TEST_F(ScheduleGolden, noise_levels_of_the_edm_samplers) {
  const EdmCase cases[] = {
      {"heun_N6", 6, "{name: karras}", "{name: edm}"},
      {"heun_N18", 18, "{name: karras}", "{name: edm}"},
      {"abl_heun_edm_N18", 18, "{name: karras}", "{name: edm}"},
      {"abl_euler_vp_N32", 32, "{name: edm_vp}", "{name: vp}"},
      {"abl_heun_vp_N32", 32, "{name: edm_vp}", "{name: vp}"},
      {"abl_euler_ve_N32", 32, "{name: edm_ve}", "{name: ve, sigma: sqrt, sigma_max: 100}"},
      {"abl_heun_ve_N32", 32, "{name: edm_ve}", "{name: ve, sigma: sqrt, sigma_max: 100}"},
  };
  const store::Group root = open("seed002/edm_official.h5");
  for (const EdmCase& c : cases) {
    const auto calls = root.group(c.group).dataset("call_sigma").read<double>();
    const auto p = process(c.process);
    const std::vector<double> t = schedule(c.schedule)->times(*p, c.steps);
    const bool heun = calls.size() > static_cast<std::size_t>(c.steps);
    ASSERT_EQ(calls.size(), heun ? 2 * c.steps - 1u : c.steps) << c.group;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      const double level = noise_level(*p, t[heun ? (i + 1) / 2 : i]);
      EXPECT_NEAR(level, calls[i], 1e-12 * calls[i]) << c.group << " call " << i;
    }
    EXPECT_EQ(t.back(), 0);
  }
}

TEST_F(ScheduleGolden, time_grids_of_the_psld_code) {
  const store::Group grids = open("seed000/official_psld_f64.h5").group("timesteps");
  const auto cld = process("{name: cld}");
  ASSERT_EQ(grids.dataset_names().size(), 12u);
  for (const std::string& name : grids.dataset_names()) {
    const auto tau = grids.dataset(name).read<double>();
    const auto s = schedule("{name: " + name.substr(0, name.find('_')) + "}");
    const std::vector<double> t = s->times(*cld, static_cast<int>(tau.size()) - 1);
    for (std::size_t i = 0; i < t.size(); ++i)
      EXPECT_NEAR(t[i], 1 - tau[i], 1e-12) << name << " " << i;
  }
}

}  // namespace
}  // namespace strang
