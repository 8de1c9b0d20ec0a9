// shared/golden/seed002/iia_multistep.h5: trajectories of the uncorrected solvers, to 1e-10.

#include "tests/golden/golden_run.h"

namespace strang::test {
namespace {

struct Case {
  std::string grid, integrator, group;
  int steps;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.grid << ' ' << c.integrator; }

class IiaBase : public testing::TestWithParam<Case> {};

TEST_P(IiaBase, trajectory_agrees) {
  const std::filesystem::path path = golden_path("seed002/iia_multistep.h5");
  STRANG_SKIP_WITHOUT(path);
  const Case& c = GetParam();
  std::vector<std::string> overrides = {
      "integrator=" + c.integrator, "steps=" + std::to_string(c.steps),
      "schedule.dataset=/" + c.grid + "/t_steps", "initial.dataset=/" + c.grid + "/z0_test"};
  if (c.grid == "vp_uniform") overrides.insert(overrides.begin(), "process=vp");
  const store::File run = run_golden("iia_base", overrides);
  const store::File golden = store::File::open(path);
  const auto states = run.root().dataset("trajectory/state").read<double>();
  const auto expected =
      golden.root().dataset(c.grid + "/" + c.group + "/base_test_trajectory").read<double>();
  EXPECT_LE(relative_difference(states, expected), 1e-10);
}

INSTANTIATE_TEST_SUITE_P(Cases, IiaBase,
                         testing::Values(Case{"ve_strict", "ddim", "ddim_diff1_onpolicy", 8},
                                         Case{"ve_strict", "dpmpp_2m", "2m_zx_onpolicy", 8},
                                         Case{"ve_edm80", "ddim", "ddim_diff1_onpolicy", 8},
                                         Case{"ve_edm80", "dpmpp_2m", "2m_zx_onpolicy", 8},
                                         Case{"ve_strict", "spndm", "spndm_diff2_onpolicy", 8},
                                         Case{"ve_strict", "ipndm", "ipndm_diff2_onpolicy", 8},
                                         Case{"ve_edm80", "spndm", "spndm_diff2_onpolicy", 8},
                                         Case{"ve_edm80", "ipndm", "ipndm_diff2_onpolicy", 8},
                                         Case{"vp_uniform", "spndm", "spndm_diff2_onpolicy", 10},
                                         Case{"vp_uniform", "ipndm", "ipndm_diff2_onpolicy", 10},
                                         Case{"vp_uniform", "ddim", "ddim_diff1_onpolicy", 10},
                                         Case{"vp_uniform", "dpmpp_2m", "2m_zx_onpolicy", 10}),
                         [](const auto& info) {
                           return info.param.grid + "_" + info.param.integrator;
                         });

}  // namespace
}  // namespace strang::test
