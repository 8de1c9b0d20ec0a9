// shared/golden/seed000/vp_lambda_ddim.h5: lambda-DDIM on VP, the released sampler (whose Phi is
// integrated to 1e-5: agreement to 2e-4) and an exact one (to 1e-9).

#include <fmt/format.h>

#include "tests/golden/golden_run.h"

namespace strang::test {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The largest relative difference of states over all the stored cases of a group whose name holds
// `part`.
void compare_all(const std::string& group, const std::string& part,
                 const std::vector<std::string>& more, double tolerance) {
  const std::filesystem::path path = golden_path("seed000/vp_lambda_ddim.h5");
  const store::File golden = store::File::open(path);
  const store::Group all = golden.root().group(group);
  int cases = 0;
  for (const std::string& name : all.group_names()) {
    if (!contains(name, part)) continue;
    const store::Group stored = all.group(name);
    std::vector<std::string> overrides = {
        "initial.file='" + path.string() + "'",
        "initial.dataset=/" + group + "/" + name + "/x_init",
        std::string("schedule=") + (contains(name, "quadratic") ? "quadratic" : "uniform"),
        fmt::format("+steps={}", stored.attribute<std::int64_t>("n_steps")),
        "integrator=lambda_ddim",
        fmt::format("integrator.lambda={}", stored.attribute<double>("lam"))};
    overrides.insert(overrides.end(), more.begin(), more.end());
    const store::File run = run_golden("psld", overrides);
    EXPECT_LE(relative_difference(run.root().dataset("trajectory/state").read<double>(),
                                  stored.dataset("x_states").read<double>()),
              tolerance)
        << name;
    ++cases;
  }
  EXPECT_EQ(cases, 22);
}

const std::string shared = "${oc.env:STRANG_SHARED}/golden/seed000/official_psld_f64.h5";

TEST(LambdaDdimGolden, exact_states_agree) {
  STRANG_SKIP_WITHOUT(golden_path("seed000/vp_lambda_ddim.h5"));
  compare_all("independent_exact", "", {"process=vp"}, 1e-9);
}

TEST(LambdaDdimGolden, released_states_agree_at_continuous_times) {
  STRANG_SKIP_WITHOUT(golden_path("seed000/vp_lambda_ddim.h5"));
  compare_all("official_cpigdm", "continuous", {"process=vp"}, 2e-4);
}

TEST(LambdaDdimGolden, released_states_agree_at_integer_network_times) {
  STRANG_SKIP_WITHOUT(golden_path("seed000/vp_lambda_ddim.h5"));
  compare_all("official_cpigdm", "discretised",
              {"process=vp", "model=discrete_time", "~model.file", "~model.group",
               "model.model={name: gaussian_mixture, group: problem, file: '" + shared + "'}"},
              2e-4);
}

}  // namespace
}  // namespace strang::test
