// shared/golden/seed002: the independent fits of iia_edm.h5 and iia_multistep.h5 through the
// command line, to max(1e-9, 100 sens): features, Gram matrix, right-hand side, residuals, rank,
// and the trajectories of the test batch. Coefficients where the equations determine them: the
// file's `sens` of iia_r1 on edm80 and of `diff2` allows for what they do not.

#include <cmath>

#include "tests/golden/golden_run.h"

namespace strang::test {
namespace {

struct Case {
  std::string file, grid;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.grid; }

using Overrides = std::vector<std::string>;

// "iia_r1_offpolicy" and "2m_zx_onpolicy" as overrides.
Overrides variant_overrides(const std::string& variant) {
  const auto has = [&](const char* part) { return variant.find(part) != std::string::npos; };
  Overrides all;
  if (has("iia_r")) {
    all = {variant.starts_with("biia") ? "optimizer=biia_edm" : "optimizer=iia_edm",
           std::string("optimizer.r=") + (has("_r0") ? "0" : "1")};
  } else if (has("2m_zx")) {
    all = {"integrator=dpmpp_2m", "optimizer=iia_dpmpp"};
  } else {
    const std::string method = variant.substr(0, variant.find('_'));
    all = {"integrator=" + method, "optimizer=iia_" + method};
    if (has("diff1")) all.emplace_back("optimizer.quantities=[dx]");
    if (has("_eps_")) {
      all.emplace_back("optimizer.quantities=[eps]");
      all.emplace_back("optimizer.first_step=0");
    }
  }
  all.emplace_back(std::string("optimizer.on_policy=") + (has("offpolicy") ? "false" : "true"));
  return all;
}

std::vector<double> read(const store::Group& group, const std::string& name) {
  return group.dataset(name).read<double>();
}

// The largest difference, relative to the largest number of the reference where that exceeds 1.
double difference(const std::vector<double>& a, const std::vector<double>& b) {
  double scale = 0;
  for (const double value : b) scale = std::max(scale, std::abs(value));
  return relative_difference(a, b) * std::min(scale, 1.0);
}

void compare_step(const store::Group& found, const store::Group& golden, double coefficients,
                  double outputs) {
  const std::vector<double> gram = read(golden, "gram"), rhs = read(golden, "rhs");
  const double yty = read(golden, "yty")[0];
  EXPECT_LE(relative_difference(read(found, "features"), read(golden, "features")), outputs);
  EXPECT_LE(relative_difference(read(found, "gram"), gram), outputs);
  EXPECT_NEAR(found.attribute<double>("yty"), yty, outputs * std::max(yty, 1e-3));
  const std::vector<double> found_rhs = read(found, "rhs");
  std::vector<double> beta = read(found, "correction");
  const std::vector<double> base = read(found, "base"), expected = read(golden, "coef");
  for (std::size_t j = 0; j < rhs.size(); ++j) {
    EXPECT_NEAR(found_rhs[j], rhs[j],
                outputs * std::max(std::sqrt(gram[j * rhs.size() + j] * yty), 1e-3));
    EXPECT_NEAR(beta[j] + base[j], expected[j],
                coefficients * std::max(1.0, std::abs(expected[j])));
  }
  const auto mse = [&](const char* name) {
    EXPECT_NEAR(found.attribute<double>(name), golden.attribute<double>(name),
                std::max(1e-6 * golden.attribute<double>(name), outputs))
        << name;
  };
  mse("mse_base");
  mse("mse_fit");
  if (coefficients < 1e-3) {
    EXPECT_EQ(found.attribute<std::int64_t>("rank"), golden.attribute<std::int64_t>("rank"));
  }
}

class IiaFit : public testing::TestWithParam<Case> {};

TEST_P(IiaFit, every_variant_agrees) {
  const Case& c = GetParam();
  const std::filesystem::path path = golden_path("seed002/" + c.file);
  STRANG_SKIP_WITHOUT(path);
  const store::File file = store::File::open(path);
  const store::Group grid = file.root().group(c.grid);
  int variants = 0;
  for (const std::string& variant : grid.group_names()) {
    SCOPED_TRACE(variant);
    ++variants;
    const store::Group golden = grid.group(variant);
    const double coefficients = std::max(1e-9, 100 * golden.attribute<double>("sens_coef_1e-15"));
    const double outputs = std::max(1e-9, 100 * golden.attribute<double>("sens_output_1e-15"));
    const auto from = [&](const std::string& dataset) {
      return "{file: '" + path.string() + "', dataset: /" + c.grid + "/" + dataset + "}";
    };
    Overrides overrides = {
        "schedule.file='" + path.string() + "'",
        "schedule.dataset=/" + c.grid + "/t_steps",
        "initial=" + from("z0_test"),
        "optimizer.initial=" + from("z0_fit"),
        fmt::format("optimizer.samples={}", grid.attribute<std::int64_t>("batch")),
        fmt::format("steps={}", grid.attribute<std::int64_t>("N")),
        "model.group=" + grid.attribute<std::string>("problem")};
    if (c.grid == "vp_uniform") overrides.insert(overrides.begin(), "process=vp");
    for (const std::string& more : variant_overrides(variant)) overrides.push_back(more);
    const store::File run = run_golden("iia_fit", overrides);
    for (const std::string& step : golden.group_names())
      if (step.starts_with("step_")) {
        SCOPED_TRACE(step);
        compare_step(run.root().group("fit/" + step), golden.group(step), coefficients, outputs);
      }
    EXPECT_EQ(run.root().group("fit").group_names().size(), golden.group_names().size());
    EXPECT_LE(difference(read(run.root(), "trajectory/state"), read(golden, "test_trajectory")),
              outputs);
  }
  EXPECT_GE(variants, 8);
}

INSTANTIATE_TEST_SUITE_P(
    Grids, IiaFit,
    testing::Values(Case{"iia_edm.h5", "strict"}, Case{"iia_edm.h5", "strict64"},
                    Case{"iia_edm.h5", "edm80"}, Case{"iia_multistep.h5", "ve_strict"},
                    Case{"iia_multistep.h5", "ve_edm80"}, Case{"iia_multistep.h5", "vp_uniform"}),
    [](const auto& info) { return info.param.grid; });

}  // namespace
}  // namespace strang::test
