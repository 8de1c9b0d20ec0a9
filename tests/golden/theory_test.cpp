// shared/golden/seed000/theory_checks.h5 through `strang step` and `strang run`: local errors and
// their leading coefficients, global errors, and the spectral radii of single steps.

#include <fmt/format.h>

#include <cmath>
#include <complex>
#include <map>

#include "experiments/verbs/verbs.h"
#include "tests/golden/golden_run.h"

namespace strang::test {
namespace {

std::filesystem::path theory() { return golden_path("seed000/theory_checks.h5"); }

std::vector<double> read(const store::File& file, const std::string& dataset) {
  return file.root().dataset(dataset).read<double>();
}

TEST(TheoryGolden, local_errors_and_their_coefficients_agree) {
  STRANG_SKIP_WITHOUT(theory());
  const store::File golden = store::File::open(theory());
  for (const std::string name : {"euler", "nse", "rse", "nvv", "rvv"}) {
    const std::string group = "local_error_t0.5/";
    const store::File step = run_golden_verb(
        verb_step, "step.h5", "psld_step",
        {"initial.file='" + theory().string() + "'", "initial.dataset=" + group + "z",
         "integrator=" + name, "step.h=[0.02,0.01,0.005,0.0025]"});
    EXPECT_LE(relative_difference(read(step, "error"), read(golden, group + name)), 1e-6) << name;
    const store::File finer = run_golden_verb(
        verb_step, "step.h5", "psld_step",
        {"initial.file='" + theory().string() + "'", "initial.dataset=" + group + "z",
         "integrator=" + name, "step.h=[0.016,0.012,0.008,0.006,0.004,0.003,0.002]"});
    EXPECT_LE(relative_difference(read(finer, "coefficient"),
                                  read(golden, group + name + "_predicted_h2_coeff")),
              1e-6)
        << name;
  }
}

// Root mean square over samples and coordinates of one slot of the last of `states` [.., 8, 4],
// which are (x1, x2, m1, m2).
double slot_rms(const std::vector<double>& a, const std::vector<double>& b, int slot) {
  double sum = 0;
  for (int sample = 0; sample < 8; ++sample)
    for (int k = 0; k < 2; ++k) {
      const double d = a[sample * 4 + slot * 2 + k] - b[sample * 4 + slot * 2 + k];
      sum += d * d;
    }
  return std::sqrt(sum / 16);
}

TEST(TheoryGolden, global_errors_agree) {
  STRANG_SKIP_WITHOUT(theory());
  const store::File golden = store::File::open(theory());
  const std::string group = "global_error_T1_to_t0.1/";
  const std::vector<double> exact = read(golden, group + "z_ref");
  const std::map<std::string, std::vector<std::string>> methods = {
      {"euler", {"integrator=euler"}},
      {"nse", {"integrator=nse"}},
      {"rse", {"integrator=rse"}},
      {"nvv", {"integrator=nvv"}},
      {"rvv", {"integrator=rvv"}},
      {"lddim1_lam0", {"integrator=lambda_ddim"}},
      {"lddim1_lam2", {"integrator=lambda_ddim", "integrator.lambda=2"}},
      {"lddim2_lam2",
       {"integrator=lambda_ddim", "integrator.conjugate=ones", "integrator.lambda=2"}},
      {"cse_ones0.5", {"integrator=cse", "integrator.lambda=0.5"}},
      {"cvv_ones0.5", {"integrator=cvv", "integrator.lambda=0.5"}}};
  const std::vector<int> steps = {25, 50, 100, 200, 400};
  for (const auto& [name, overrides] : methods) {
    const std::vector<double> expected = read(golden, group + name);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      std::vector<std::string> all = {"initial.file='" + theory().string() + "'",
                                      "initial.dataset=" + group + "z_init", "schedule.end=0.1",
                                      fmt::format("+steps={}", steps[i])};
      all.insert(all.end(), overrides.begin(), overrides.end());
      const store::File run = run_golden("psld", all);
      const std::vector<double> states = read(run, "samples/state");
      for (int slot = 0; slot < 2; ++slot)
        EXPECT_NEAR(slot_rms(states, exact, slot) / expected[2 * i + slot], 1, 1e-6)
            << name << " " << steps[i] << " slot " << slot;
    }
  }
}

// Eigenvalues of K - B for B = lambda I and B = lambda ones; ours are there once a coordinate.
TEST(TheoryGolden, frozen_spectra_agree) {
  STRANG_SKIP_WITHOUT(theory());
  const store::File golden = store::File::open(theory());
  const std::string group = "stability_gaussian_s2_0.25/";
  const std::vector<double> times = read(golden, group + "t"),
                            lambda = read(golden, group + "lambda"),
                            real = read(golden, group + "frozen_eigs_re"),
                            imaginary = read(golden, group + "frozen_eigs_im");
  std::size_t at = 0;
  for (const char* b : {"{}", "[[{0}, {0}], [{0}, {0}]]"})
    for (const double l : lambda)
      for (const double t : times) {
        const store::File step = run_golden_verb(
            verb_step, "step.h5", "psld_step",
            {"model=gaussian", "~model.file", "~model.group", "model.mean=0",
             "model.covariance=0.25", "model.shape=[2]", "~initial", "+initial=prior",
             fmt::format("step.t={}", t), fmt::format("step.h=[{}]", 0.1 * t),
             "step.b=" + fmt::format(fmt::runtime(b), l)});
        std::vector<std::complex<double>> expected;
        for (int k = 0; k < 2; ++k, ++at) expected.emplace_back(real[at], imaginary[at]);
        const std::vector<double> x = read(step, "frozen_real"), y = read(step, "frozen_imaginary");
        ASSERT_EQ(x.size(), 4u);
        for (int k = 0; k < 4; ++k) {
          const std::complex<double> mu(x[k], y[k]);
          EXPECT_LE(std::min(std::abs(mu - expected[0]), std::abs(mu - expected[1])),
                    1e-6 * std::abs(mu))
              << b << " lambda " << l << " t " << t;
        }
        for (const std::complex<double>& mu : expected) {
          double nearest = INFINITY;
          for (int k = 0; k < 4; ++k)
            nearest = std::min(nearest, std::abs(mu - std::complex<double>(x[k], y[k])));
          EXPECT_LE(nearest, 1e-6 * std::abs(mu)) << b << " lambda " << l << " t " << t;
        }
      }
}

TEST(TheoryGolden, spectral_radii_of_single_steps_agree) {
  STRANG_SKIP_WITHOUT(theory());
  const store::File golden = store::File::open(theory());
  const std::string group = "stability_gaussian_s2_0.25/";
  const std::vector<double> times = read(golden, group + "t"), h = read(golden, group + "h"),
                            lambda = read(golden, group + "lambda");
  const auto radii = [&](double t, const std::vector<std::string>& overrides) {
    std::vector<double> usable;
    for (const double step : h)
      if (t - step > 1e-12) usable.push_back(step);
    std::map<double, double> radius;
    if (usable.empty()) return radius;
    std::vector<std::string> all = {"model=gaussian",
                                    "~model.file",
                                    "~model.group",
                                    "model.mean=0",
                                    "model.covariance=0.25",
                                    "model.shape=[2]",
                                    "~initial",
                                    "+initial=prior",
                                    fmt::format("step.t={}", t),
                                    fmt::format("step.h=[{}]", fmt::join(usable, ","))};
    all.insert(all.end(), overrides.begin(), overrides.end());
    const store::File step = run_golden_verb(verb_step, "step.h5", "psld_step", all);
    const std::vector<double> real = read(step, "eigenvalue_real"),
                              imaginary = read(step, "eigenvalue_imaginary"),
                              lengths = read(step, "h");
    for (std::size_t i = 0; i < lengths.size(); ++i)
      radius[lengths[i]] = std::hypot(real[4 * i], imaginary[4 * i]);
    return radius;
  };
  int compared = 0;
  const auto compare = [&](const std::vector<double>& expected, std::size_t offset, double t,
                           const std::vector<std::string>& overrides) {
    for (const auto& [step, radius] : radii(t, overrides)) {
      const auto k = std::find(h.begin(), h.end(), step) - h.begin();
      EXPECT_NEAR(radius / expected[offset + k], 1, 1e-6) << overrides[0] << " t " << t;
      ++compared;
    }
  };
  for (const std::string name : {"euler", "nse", "rse", "nvv", "rvv"})
    for (std::size_t i = 0; i < times.size(); ++i)
      compare(read(golden, group + "onestep_spectral_radius_" + name), i * h.size(), times[i],
              {"integrator=" + name});
  const std::vector<double> conjugate = read(golden, group + "onestep_spectral_radius_lddim");
  for (std::size_t variant = 0; variant < 2; ++variant)
    for (std::size_t l = 0; l < lambda.size(); ++l)
      for (std::size_t i = 0; i < times.size(); ++i)
        compare(conjugate, ((variant * lambda.size() + l) * times.size() + i) * h.size(), times[i],
                {"integrator=lambda_ddim",
                 std::string("integrator.conjugate=") + (variant == 0 ? "identity" : "ones"),
                 fmt::format("integrator.lambda={}", lambda[l])});
  EXPECT_GT(compared, 300);
}

}  // namespace
}  // namespace strang::test
