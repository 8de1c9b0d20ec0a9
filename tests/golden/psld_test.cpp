// shared/golden/seed000: every sampler of phase-space diffusion, each step's state and the result,
// to the tolerances of the README there. One test runs all the stored cases of a method.

#include <fmt/format.h>

#include "core/store/part_file.h"
#include "experiments/verbs/verbs.h"
#include "tests/golden/golden_run.h"

namespace strang::test {
namespace {

// One method of one file, with the overrides that ask for it.
struct Method {
  std::string file;
  std::string group;
  std::vector<std::string> overrides;
  int draws_per_step = 0;  // 0: deterministic
  bool denoised = false;   // the stored result ends in a denoising step by the reverse SDE
  double tolerance = 1e-9;
};

void PrintTo(const Method& m, std::ostream* out) { *out << m.group; }

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// "gamma0.02_lower_uniform_N50", "gamma0.01_uniform_n25_ls0.5_tbar",
// "gamma0.0_quadratic_n25_lam0.5".
std::vector<std::string> overrides_of(const Method& method, const store::Group& run,
                                      const std::string& name) {
  const auto text = [](double value) { return fmt::format("{}", value); };
  std::vector<std::string> overrides = {
      "process.gamma=" + text(run.attribute<double>("gamma")),
      "process.nu=" + text(run.attribute<double>("nu")),
      std::string("process.factor=") + (contains(name, "upper") ? "upper" : "lower"),
      std::string("schedule=") + (contains(name, "quadratic") ? "quadratic" : "uniform")};
  overrides.push_back(method.denoised
                          ? fmt::format("+nfe={}", run.attribute<std::int64_t>("nfe_total"))
                          : fmt::format("+steps={}", run.attribute<std::int64_t>("n_steps")));
  if (method.denoised) overrides.emplace_back("denoise=sde_drift");
  if (contains(name, "_lam"))
    overrides.push_back("integrator.lambda=" + text(run.attribute<double>("lambda")));
  if (contains(name, "_ls")) {
    overrides.push_back("integrator.lambda_s=" + text(run.attribute<double>("lambda_s")));
    overrides.push_back("integrator.lambda_s_mode=" + run.attribute<std::string>("lambda_s_mode"));
  }
  return overrides;
}

class PsldGolden : public testing::TestWithParam<Method> {};

TEST_P(PsldGolden, states_and_result_agree) {
  const Method& method = GetParam();
  const std::filesystem::path path = golden_path("seed000/" + method.file);
  STRANG_SKIP_WITHOUT(path);
  const store::File golden = store::File::open(path);
  const store::Group all = golden.root().group(method.group);
  for (const std::string& name : all.group_names()) {
    const store::Group stored = all.group(name);
    const std::string place = "/" + method.group + "/" + name;
    std::vector<std::string> overrides = {"initial.file='" + path.string() + "'",
                                          "initial.dataset=" + place + "/z_init"};
    for (const auto& list : {method.overrides, overrides_of(method, stored, name)})
      overrides.insert(overrides.end(), list.begin(), list.end());
    if (method.draws_per_step > 0)
      overrides.push_back(fmt::format(
          "noise={{replay: {{file: '${{initial.file}}', dataset: '{}/noise', per_step: {}}}}}",
          place, method.draws_per_step));
    const store::File run = run_golden("psld", overrides);
    // Released SSCS loses digits to cancellation without noise on positions (README).
    const bool cancels =
        contains(name, "gamma0.0_") && contains(name, "quadratic") && method.group == "psld_sscs";
    const double tolerance = cancels ? std::max(1e-8, method.tolerance) : method.tolerance;
    EXPECT_LE(relative_difference(run.root().dataset("trajectory/state").read<double>(),
                                  stored.dataset("states").read<double>()),
              tolerance)
        << name;
    EXPECT_LE(relative_difference(run.root().dataset("samples/state").read<double>(),
                                  stored.dataset("final").read<double>()),
              tolerance)
        << name;
    const std::string counted = method.denoised ? "nfe_total" : "nfe_without_denoise";
    EXPECT_EQ(run.root().group("cost").attribute<double>("nfe"),
              static_cast<double>(stored.attribute<std::int64_t>(counted)))
        << name;
  }
}

std::vector<Method> methods() {
  const std::string official = "official_psld_f64.h5", casts = "official_psld_asis_f32casts.h5";
  const std::string ode = "indep_psld_deterministic.h5", conjugate = "indep_psld_conjugate.h5";
  std::vector<Method> all = {
      {official, "psld_em", {"integrator=euler_maruyama"}, 1, true},
      {official, "psld_sscs", {"integrator=sscs"}, 2, true},
      {casts, "psld_em", {"integrator=euler_maruyama"}, 1, true, 1e-5},
      {casts, "psld_sscs", {"integrator=sscs"}, 2, true, 1e-5},
      {conjugate, "lddim1", {"integrator=lambda_ddim", "integrator.conjugate=identity"}},
      {conjugate, "lddim2", {"integrator=lambda_ddim", "integrator.conjugate=ones"}},
      {conjugate, "cse_ones", {"integrator=cse"}},
      {conjugate, "cse_diag", {"integrator=cse", "integrator.conjugate=identity"}},
      {conjugate, "cvv_ones", {"integrator=cvv"}},
      {conjugate, "cvv_diag", {"integrator=cvv", "integrator.conjugate=identity"}},
      {"indep_psld_stochastic.h5", "coba_ones", {"integrator=coba"}, 1}};
  for (const char* name : {"euler", "nse", "rse", "nvv", "rvv"})
    all.push_back({ode, name, {std::string("integrator=") + name}});
  for (const char* name : {"noba", "roba", "nbao", "rbao", "nobab", "robab"})
    all.push_back({"indep_psld_stochastic.h5", name, {std::string("integrator=") + name}, 1});
  return all;
}

INSTANTIATE_TEST_SUITE_P(Seed000, PsldGolden, testing::ValuesIn(methods()), [](const auto& info) {
  return (contains(info.param.file, "asis") ? "asis_" : "") + info.param.group;
});

class PsldAdaptive : public testing::TestWithParam<std::string> {};

TEST_P(PsldAdaptive, results_and_numbers_of_evaluations_agree_with_scipy) {
  const std::filesystem::path path = golden_path("seed000/" + GetParam());
  STRANG_SKIP_WITHOUT(path);
  const bool casts = contains(GetParam(), "asis");
  const store::File golden = store::File::open(path);
  const store::Group all = golden.root().group("psld_bb_ode");
  for (const std::string& name : all.group_names()) {
    const store::Group stored = all.group(name);
    const double tolerance = stored.attribute<double>("rtol");
    const store::File run = run_golden(
        "psld",
        {"initial.file='" + path.string() + "'", "initial.dataset=/psld_bb_ode/" + name + "/z_init",
         fmt::format("process.gamma={}", stored.attribute<double>("gamma")),
         fmt::format("process.nu={}", stored.attribute<double>("nu")), "integrator=rk45",
         "integrator.norm=batch", "integrator.controller=scipy", "+steps=1",
         fmt::format("integrator.rtol={0}", tolerance),
         fmt::format("integrator.atol={0}", tolerance),
         std::string("denoise=") + (contains(name, "denoise1") ? "ode_drift" : "none")});
    EXPECT_LE(relative_difference(run.root().dataset("samples/state").read<double>(),
                                  stored.dataset("final").read<double>()),
              casts ? 1e-5 : 1e-9)
        << name;
    if (!casts) {
      EXPECT_EQ(run.root().group("cost").attribute<double>("nfe"),
                static_cast<double>(stored.attribute<std::int64_t>("nfe")))
          << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seed000, PsldAdaptive,
                         testing::Values("official_psld_f64.h5", "official_psld_asis_f32casts.h5"),
                         [](const auto& info) {
                           return contains(info.param, "asis") ? "single_casts"
                                                               : "double_precision";
                         });

TEST(PsldGolden, converged_solutions_of_the_probability_flow_agree) {
  const std::filesystem::path path = golden_path("seed000/indep_psld_deterministic.h5");
  STRANG_SKIP_WITHOUT(path);
  const store::File golden = store::File::open(path);
  const store::Group all = golden.root().group("reference_pf_ode");
  for (const std::string& name : all.group_names()) {
    const store::Group stored = all.group(name);
    std::vector<double> times = stored.dataset("t").read<double>();
    if (times.front() < 1) times.insert(times.begin(), 1.0);
    const store::File run = run_golden(
        "psld", {"initial.file='" + path.string() + "'",
                 "initial.dataset=/reference_pf_ode/" + name + "/z_init",
                 fmt::format("process.gamma={}", stored.attribute<double>("gamma")),
                 fmt::format("process.nu={}", stored.attribute<double>("nu")), "integrator=rk45",
                 "integrator.rtol=1e-13", "integrator.atol=1e-14", "schedule=explicit",
                 "~schedule.end", fmt::format("schedule.times=[{}]", fmt::join(times, ",")),
                 fmt::format("+steps={}", times.size() - 1)});
    std::vector<double> states = run.root().dataset("trajectory/state").read<double>();
    const std::vector<double> expected = stored.dataset("z_ref").read<double>();
    states.erase(states.begin(), states.end() - static_cast<std::ptrdiff_t>(expected.size()));
    EXPECT_LE(relative_difference(states, expected), 1e-9) << name;
  }
}

// Noisy states by `strang forward` and their way back. DSM conditions on the initial momenta: that
// is the kernel with kappa = 0, on both.
TEST(PsldGolden, perturbed_data_agree) {
  const std::filesystem::path path = golden_path("seed000/official_psld_f64.h5");
  STRANG_SKIP_WITHOUT(path);
  const store::File golden = store::File::open(path);
  const store::Group all = golden.root().group("perturb");
  const std::filesystem::path inputs = std::filesystem::path(testing::TempDir()) / "perturb.h5";
  for (const std::string& name : all.group_names())
    for (const bool dsm : {false, true}) {
      const store::Group stored = all.group(name);
      std::vector<double> data(32);
      const auto x = stored.dataset("x0").read<double>(),
                 m = stored.dataset("m0_dsm").read<double>();
      for (int i = 0; i < 32; ++i)
        data[i] = i % 4 < 2 ? x[i / 4 * 2 + i % 4] : dsm ? m[i / 4 * 2 + i % 4 - 2] : 0;
      store::PartFile file(inputs, {.overwrite = true});
      file.file().root().write("u", {{"sample", 8}, {"element", 4}}, data);
      file.commit();
      const store::File found =
          run_golden_verb(verb_forward, "forward.h5", "psld_forward",
                          {fmt::format("inputs.file='{}'", inputs.string()),
                           fmt::format("noise.file='{}'", path.string()),
                           "noise.dataset=/perturb/" + name + "/noise",
                           fmt::format("process.gamma={}", stored.attribute<double>("gamma")),
                           fmt::format("process.nu={}", stored.attribute<double>("nu")),
                           "process.factor=" + stored.attribute<std::string>("decomp"),
                           std::string("process.kappa=") + (dsm ? "0" : "0.04"),
                           fmt::format("times=[{}]", stored.attribute<double>("t"))});
      EXPECT_LE(relative_difference(found.root().dataset("forward/input").read<double>(),
                                    stored.dataset(dsm ? "z_t_dsm" : "z_t_hsm").read<double>()),
                1e-9)
          << name << (dsm ? " dsm" : " hsm");
    }
}

}  // namespace
}  // namespace strang::test
