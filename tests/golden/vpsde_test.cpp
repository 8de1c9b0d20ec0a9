// shared/golden/seed000/official_psld_f64.h5, groups vpsde_em and vpsde_bb_ode, to 1e-9.

#include "tests/golden/golden_run.h"

namespace strang::test {
namespace {

constexpr double tolerance = 1e-9;

class VpsdeEm : public testing::TestWithParam<std::pair<std::string, int>> {};

TEST_P(VpsdeEm, states_and_denoised_result_agree) {
  const std::filesystem::path path = golden_path("seed000/official_psld_f64.h5");
  STRANG_SKIP_WITHOUT(path);
  const auto& [stride, nfe] = GetParam();
  const std::string group = "/vpsde_em/" + stride + "_N" + std::to_string(nfe);
  const store::File run = run_golden(
      "vpsde",
      {"schedule=" + stride, "+nfe=" + std::to_string(nfe), "initial.dataset=" + group + "/x_init",
       "noise={replay: {file: '${oc.env:STRANG_SHARED}/golden/seed000/official_psld_f64.h5', "
       "dataset: '" +
           group + "/noise'}}"});
  const store::File golden = store::File::open(path);
  const auto states = run.root().dataset("trajectory/state").read<double>();
  EXPECT_LE(relative_difference(states, golden.root().dataset(group + "/states").read<double>()),
            tolerance);
  const auto final_state = run.root().dataset("samples/state").read<double>();
  EXPECT_LE(
      relative_difference(final_state, golden.root().dataset(group + "/final").read<double>()),
      tolerance);
  EXPECT_EQ(run.root().group("cost").attribute<double>("nfe"), nfe);
}

INSTANTIATE_TEST_SUITE_P(Cases, VpsdeEm,
                         testing::Values(std::pair{"uniform", 10}, std::pair{"uniform", 50},
                                         std::pair{"quadratic", 10}, std::pair{"quadratic", 100}),
                         [](const auto& info) {
                           return info.param.first + std::to_string(info.param.second);
                         });

class VpsdeRk45 : public testing::TestWithParam<std::pair<std::string, int>> {};

TEST_P(VpsdeRk45, result_and_number_of_evaluations_agree_with_scipy) {
  const std::filesystem::path path = golden_path("seed000/official_psld_f64.h5");
  STRANG_SKIP_WITHOUT(path);
  const auto& [tol, denoise] = GetParam();
  const std::string group = "/vpsde_bb_ode/tol" + tol + "_denoise" + std::to_string(denoise);
  const store::File run = run_golden(
      "vpsde", {"integrator=rk45", "integrator.norm=batch", "integrator.controller=scipy",
                "integrator.rtol=" + tol, "integrator.atol=" + tol, "+steps=1",
                "initial.dataset=" + group + "/x_init",
                std::string("denoise=") + (denoise != 0 ? "ode_drift" : "none")});
  const store::File golden = store::File::open(path);
  const auto final_state = run.root().dataset("samples/state").read<double>();
  EXPECT_LE(
      relative_difference(final_state, golden.root().dataset(group + "/final").read<double>()),
      tolerance);
  EXPECT_EQ(run.root().group("cost").attribute<double>("nfe"),
            golden.root().group(group).attribute<std::int64_t>("nfe"));
}

INSTANTIATE_TEST_SUITE_P(Cases, VpsdeRk45,
                         testing::Values(std::pair{"1e-03", 0}, std::pair{"1e-03", 1},
                                         std::pair{"1e-10", 0}, std::pair{"1e-10", 1}),
                         [](const auto& info) {
                           return (info.param.first == "1e-03" ? "loose" : "tight") +
                                  std::string(info.param.second != 0 ? "_denoised" : "");
                         });

}  // namespace
}  // namespace strang::test
