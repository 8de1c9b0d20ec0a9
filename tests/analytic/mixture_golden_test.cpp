// Mixture denoisers against independent values: shared/golden/seed002 problems.h5 (diagonal
// covariances, and points), to 1e-12 relative, and the exact scores of shared/golden/seed000 (full
// covariances, phase space), to 1e-9.

#include <gtest/gtest.h>

#include <filesystem>

#include "core/sampling/field.h"
#include "core/store/hdf5.h"
#include "models/processes/phase_space.h"
#include "tests/analytic/denoise.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

class MixtureGolden : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(test::shared("golden"))) GTEST_SKIP() << "no shared/golden";
  }
};

at::Tensor read(const store::Group& group, const std::string& name) {
  const store::Dataset dataset = group.dataset(name);
  return at::tensor(dataset.read<double>(), at::kDouble).view(dataset.shape());
}

TEST_F(MixtureGolden, denoisers_of_the_problems) {
  const std::string path = test::shared("golden/seed002/problems.h5");
  const auto edm = test::process("{name: edm}");
  for (const std::string problem : {"gmm2d", "gmm64", "emp64"}) {
    const auto model =
        test::model("{name: gaussian_mixture, file: " + path + ", group: " + problem + "}");
    const store::Group group = store::File::open(path).root().group(problem);
    const auto sigma = group.dataset("check_sigma").read<double>();
    const at::Tensor z = read(group, "check_z"), D = read(group, "check_D");
    for (std::size_t i = 0; i < sigma.size(); ++i) {
      const at::Tensor result = test::denoise(*model, *edm, z[i].unsqueeze(1), sigma[i]).squeeze(1);
      const double error = (result - D[i]).abs().max().item<double>();
      EXPECT_LE(error, 1e-12 * D[i].abs().max().item<double>()) << problem << " sigma " << sigma[i];
    }
  }
}

// The state of the golden holds (x1, x2, m1, m2) on one axis.
TEST_F(MixtureGolden, scores_in_phase_space) {
  const std::string path = test::shared("golden/seed000/official_psld_f64.h5");
  const auto model = test::model("{name: gaussian_mixture, file: " + path + ", group: problem}");
  const store::Group drifts = store::File::open(path).root().group("drift");
  ASSERT_EQ(drifts.group_names().size(), 16u);
  for (const std::string& name : drifts.group_names()) {
    const store::Group group = drifts.group(name);
    PhaseSpace::Parameters parameters{.gamma = group.attribute<double>("gamma"),
                                      .nu = group.attribute<double>("nu")};
    const PhaseSpace process(parameters);
    const Field field(process, *model);
    const double t = group.attribute<double>("t");
    const at::Tensor z = read(group, "z").view({8, 2, 2}), D = test::denoise(*model, process, z, t);
    const ViewForm form = field.views(t).score;
    const at::Tensor expected = read(group, "true_score").view({8, 2, 2});
    for (int slot = 0; slot < 2; ++slot) {
      const at::Tensor score = form.input(slot, 0) * z.select(1, 0) +
                               form.input(slot, 1) * z.select(1, 1) +
                               form.output(slot, 0) * D.select(1, 0);
      const double error = (score - expected.select(1, slot)).abs().max().item<double>();
      // numerical_eps enters the golden's network but not its true score, nor ours.
      EXPECT_LE(error, 1e-9 * expected.abs().max().item<double>()) << name << " slot " << slot;
    }
  }
}

}  // namespace
}  // namespace strang
