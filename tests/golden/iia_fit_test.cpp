// shared/golden/seed002: the independent fits of iia_edm.h5 and iia_multistep.h5 through the
// command line, to max(1e-9, 100 sens): grids, features, Gram matrix, right-hand side, residuals,
// rank, condition, and the trajectories of the fit and the test batch. Coefficients where the
// equations determine them: the file's `sens` of iia_r1 on edm80 and of `diff2` allows for what
// they do not; the solver on the file's own equations meets their coefficients everywhere.

#include <cmath>

#include "core/sampling/least_squares.h"
#include "experiments/verbs/verbs.h"
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

// The problem, grid and fit batch of a file's group, run on one of its batches.
Overrides grid_overrides(const Case& c, const store::Group& grid, const std::string& initial) {
  const std::string path = golden_path("seed002/" + c.file).string();
  const auto from = [&](const std::string& dataset) {
    return "{file: '" + path + "', dataset: /" + c.grid + "/" + dataset + "}";
  };
  const auto batch = grid.attribute<std::int64_t>("batch");
  const std::int64_t samples = initial == "z0_fit" ? batch : 4;
  Overrides overrides = {"schedule.file='" + path + "'",
                         "schedule.dataset=/" + c.grid + "/t_steps",
                         "initial=" + from(initial),
                         "optimizer.initial=" + from("z0_fit"),
                         fmt::format("samples={}", samples),
                         fmt::format("optimizer.samples={}", batch),
                         fmt::format("steps={}", grid.attribute<std::int64_t>("N")),
                         "model.group=" + grid.attribute<std::string>("problem")};
  if (c.grid == "vp_uniform") overrides.insert(overrides.begin(), "process=vp");
  return overrides;
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

// The fit of the equations that the file holds, without any model. Where a direction is as weak as
// rounding errors (condition above 1e12), what it reaches is compared: the residual.
void compare_solution(const store::Group& golden) {
  NormalEquations problem{.gram = read(golden, "gram"), .rhs = read(golden, "rhs")};
  problem.size = static_cast<int>(problem.rhs.size());
  problem.yty = read(golden, "yty")[0];
  problem.count = 1;
  const Solution solution = solve(problem, {"normal", 1e-12, 0});
  std::vector<double> expected = read(golden, "coef");
  if (golden.has("base_coef")) {
    const std::vector<double> base = read(golden, "base_coef");
    for (std::size_t j = 0; j < base.size(); ++j) expected[j] -= base[j];
  }
  const double condition = golden.attribute<double>("cond_scaled_gram");
  double terms = 0;  // that the residual is the difference of
  for (std::size_t i = 0; i < expected.size(); ++i)
    for (std::size_t j = 0; j < expected.size(); ++j)
      terms += std::abs(expected[i] * problem.gram[i * expected.size() + j] * expected[j]);
  EXPECT_NEAR(problem.mean_square(solution.beta), problem.mean_square(expected),
              1e-9 * problem.yty + 1e-14 * terms);
  if (condition > 1e12) return;
  EXPECT_NEAR(solution.condition, condition, 1e-3 * condition);
  EXPECT_EQ(solution.rank, golden.attribute<std::int64_t>("rank"));
  double scale = 1;
  for (const double value : expected) scale = std::max(scale, std::abs(value));
  for (std::size_t j = 0; j < expected.size(); ++j)
    EXPECT_NEAR(solution.beta[j], expected[j], std::max(1e-9, 1e-15 * condition) * scale);
}

// y = target - base step, formed from the file's targets and trajectory: its square sum and its
// products with the directions.
void compare_target(const store::Group& found, const store::Group& variant,
                    const store::Group& golden, std::size_t step, bool on_policy, double outputs) {
  const std::vector<double> features = read(golden, "features"),
                            path = read(variant, "fit_trajectory"),
                            target = read(golden, "target_increment");
  std::vector<double> beta = read(golden, "coef");
  if (golden.has("base_coef")) {
    const std::vector<double> base = read(golden, "base_coef");
    EXPECT_LE(relative_difference(read(found, "base"), base), 1e-12);
    for (std::size_t j = 0; j < base.size(); ++j) beta[j] -= base[j];
  }
  const std::size_t n = target.size();
  double yty = 0;
  std::vector<double> rhs(beta.size());
  for (std::size_t e = 0; e < n; ++e) {
    double y = target[e] - (path[(step + 1) * n + e] - path[step * n + e]);
    for (std::size_t j = 0; on_policy && j < beta.size(); ++j) y += beta[j] * features[j * n + e];
    yty += y * y;
    for (std::size_t j = 0; j < beta.size(); ++j) rhs[j] += features[j * n + e] * y;
  }
  EXPECT_NEAR(found.attribute<double>("yty"), yty, outputs * std::max(yty, 1e-3));
  const std::vector<double> gram = read(golden, "gram"), found_rhs = read(found, "rhs");
  for (std::size_t j = 0; j < rhs.size(); ++j)
    EXPECT_NEAR(found_rhs[j], rhs[j],
                outputs * std::max(std::sqrt(gram[j * rhs.size() + j] * yty), 1e-3));
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
    Overrides overrides = grid_overrides(c, grid, "z0_test");
    for (const std::string& more : variant_overrides(variant)) overrides.push_back(more);
    const store::File run = run_golden("iia_fit", overrides);
    for (const std::string& step : golden.group_names())
      if (step.starts_with("step_")) {
        SCOPED_TRACE(step);
        const store::Group found = run.root().group("fit/" + step);
        compare_step(found, golden.group(step), coefficients, outputs);
        compare_target(found, golden, golden.group(step), std::stoul(step.substr(5)),
                       variant.ends_with("onpolicy"), outputs);
        compare_solution(golden.group(step));
      }
    EXPECT_EQ(run.root().group("fit").group_names().size(), golden.group_names().size());
    EXPECT_LE(difference(read(run.root(), "trajectory/state"), read(golden, "test_trajectory")),
              outputs);
  }
  EXPECT_GE(variants, 8);
}

// The states that a fit sees: on policy the fitted sampler's on its fit batch, off policy the base
// integrator's.
TEST_P(IiaFit, fit_trajectories_agree) {
  const Case& c = GetParam();
  const std::filesystem::path path = golden_path("seed002/" + c.file);
  STRANG_SKIP_WITHOUT(path);
  const store::File file = store::File::open(path);
  const store::Group grid = file.root().group(c.grid);
  const auto trajectory = [&](const std::string& variant, const std::string& initial, bool base) {
    Overrides overrides = grid_overrides(c, grid, initial);
    for (const std::string& more : variant_overrides(variant)) overrides.push_back(more);
    if (base)  // no step is fitted
      overrides.push_back(
          fmt::format("optimizer.first_step={}", grid.attribute<std::int64_t>("N")));
    return read(run_golden("iia_fit", overrides).root(), "trajectory/state");
  };
  int compared = 0;
  for (const std::string& variant : grid.group_names()) {
    SCOPED_TRACE(variant);
    const store::Group golden = grid.group(variant);
    const double outputs = std::max(1e-9, 100 * golden.attribute<double>("sens_output_1e-15"));
    EXPECT_LE(difference(trajectory(variant, "z0_fit", variant.ends_with("offpolicy")),
                         read(golden, "fit_trajectory")),
              outputs);
    ++compared;
  }
  EXPECT_GE(compared, 8);
  for (const char* batch : {"fit", "test"}) {
    const std::string name = fmt::format("heun_{}_trajectory", batch);
    if (!grid.has(name)) continue;
    EXPECT_LE(difference(trajectory("iia_r0_onpolicy", fmt::format("z0_{}", batch), true),
                         read(grid, name)),
              1e-9);
  }
}

// The grids' alpha and sigma, as the coefficient file of `strang fit` holds them.
TEST_P(IiaFit, coefficient_files_hold_the_grid) {
  const Case& c = GetParam();
  const std::filesystem::path path = golden_path("seed002/" + c.file);
  STRANG_SKIP_WITHOUT(path);
  const store::File file = store::File::open(path);
  const store::Group grid = file.root().group(c.grid);
  Overrides overrides = grid_overrides(c, grid, "z0_test");
  const char* variant = c.file == "iia_edm.h5" ? "iia_r0_onpolicy" : "ddim_diff1_onpolicy";
  for (const std::string& more : variant_overrides(variant)) overrides.push_back(more);
  const store::File found = run_golden_verb(verb_fit, "coefficients.h5", "iia_fit", overrides);
  const store::Group root = found.root().group("grid");
  EXPECT_EQ(read(root, "t"), read(grid, "t_steps"));
  const std::vector<double> mean = read(root, "mean"), noise = read(root, "root");
  if (grid.has("alpha")) {
    EXPECT_LE(relative_difference(mean, read(grid, "alpha")), 1e-12);
    EXPECT_LE(relative_difference(noise, read(grid, "sigma")), 1e-12);
  } else {
    EXPECT_EQ(noise, read(grid, "t_steps"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Grids, IiaFit,
    testing::Values(Case{"iia_edm.h5", "strict"}, Case{"iia_edm.h5", "strict64"},
                    Case{"iia_edm.h5", "edm80"}, Case{"iia_multistep.h5", "ve_strict"},
                    Case{"iia_multistep.h5", "ve_edm80"}, Case{"iia_multistep.h5", "vp_uniform"}),
    [](const auto& info) { return info.param.grid; });

}  // namespace
}  // namespace strang::test
