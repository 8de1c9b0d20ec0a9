// The kernel, drift and factors of the released PSLD code (shared/golden/seed000,
// official_psld_f64.h5) for every (gamma, nu, factor) of the file, and CLD as the case gamma = 0.
// Tolerance 1e-9, and near the data what the rounding of the released polynomials, 2e-16, makes of
// its small pivots.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "core/store/hdf5.h"
#include "models/processes/phase_space.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

class PhaseSpaceGolden : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
  }
  const std::string path = test::shared("golden/seed000/official_psld_f64.h5");
};

PhaseSpace process_of(const store::Group& group) {
  PhaseSpace::Parameters parameters{.gamma = group.attribute<double>("gamma"),
                                    .nu = group.attribute<double>("nu")};
  if (group.attribute<std::string>("decomp") == "upper")
    parameters.factor = PhaseSpace::Factor::upper;
  return PhaseSpace(parameters);
}

void expect_block(const Block& block, const double* expected, double tolerance,
                  const std::string& where) {
  for (int i = 0; i < 4; ++i) {
    const double value = block(i / 2, i % 2);
    EXPECT_NEAR(value, expected[i], tolerance * std::fmax(1.0, std::abs(expected[i]))) << where;
  }
}

void compare_kernel(const Process& process, const store::Group& kernels, const std::string& name) {
  const store::Group group = kernels.group(name);
  const auto t = kernels.dataset("t").read<double>();
  const auto mean = group.dataset("mean_matrix").read<double>();
  const auto covariance = group.dataset("cov_hsm").read<double>();
  const auto factor = group.dataset("factor_hsm").read<double>();
  const auto inverse = group.dataset("inv_transpose_factor_hsm").read<double>();
  for (std::size_t i = 0; i < t.size(); ++i) {
    const std::string where = fmt::format("{} at t = {}", name, t[i]);
    const Block L = process.root(t[i]), K = process.covariance(t[i]);
    const double tolerance = 1e-9 + 2e-16 * K(1, 1) / std::pow(L(0, 0) * L(1, 1), 2);
    expect_block(process.mean(t[i]), &mean[4 * i], 1e-14, where);
    EXPECT_NEAR(K(0, 0) + 1e-9, covariance[3 * i], 1e-15) << where;
    EXPECT_NEAR(K(0, 1), covariance[3 * i + 1], 1e-15) << where;
    EXPECT_NEAR(K(1, 1) + 1e-9, covariance[3 * i + 2], 1e-14) << where;
    expect_block(L, &factor[4 * i], tolerance, where);
    expect_block(L.transpose().inverse(), &inverse[4 * i], tolerance, where);
  }
}

TEST_F(PhaseSpaceGolden, kernels_and_factors_are_those_of_the_released_code) {
  const store::Group kernels = store::File::open(path).root().group("kernel");
  const std::vector<std::string> names = kernels.group_names();
  ASSERT_EQ(names.size(), 14u);
  for (const std::string& name : names)
    compare_kernel(process_of(kernels.group(name)), kernels, name);
}

TEST_F(PhaseSpaceGolden, cld_is_the_case_without_position_friction) {
  const store::Group kernels = store::File::open(path).root().group("kernel");
  compare_kernel(*test::process("{name: cld}"), kernels, "gamma0.0_nu4.0_lower");
  compare_kernel(*test::process("{name: cld, factor: upper}"), kernels, "gamma0.0_nu4.0_upper");
}

TEST_F(PhaseSpaceGolden, forward_drift_and_diffusion_are_those_of_the_released_code) {
  const store::Group drifts = store::File::open(path).root().group("drift");
  for (const std::string& name : drifts.group_names()) {
    const store::Group group = drifts.group(name);
    const PhaseSpace process = process_of(group);
    const double t = 1 - group.attribute<double>("tau");
    const auto z = group.dataset("z").read<double>();
    const auto drift = group.dataset("forward_drift").read<double>();
    const auto diffusion = group.dataset("forward_diffusion").read<double>();
    const Block F = process.drift(t), G = process.diffusion(t);
    for (int row = 0; row < 8; ++row)
      for (int slot = 0; slot < 2; ++slot)
        for (int i = 0; i < 2; ++i) {
          const double x = z[4 * row + i], m = z[4 * row + 2 + i];
          EXPECT_NEAR(F(slot, 0) * x + F(slot, 1) * m, drift[4 * row + 2 * slot + i], 1e-12)
              << name;
          EXPECT_NEAR(G(slot, slot), diffusion[4 * row + 2 * slot + i], 1e-12) << name;
        }
  }
}

}  // namespace
}  // namespace strang
