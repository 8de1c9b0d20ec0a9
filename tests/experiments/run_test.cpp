// Runs from a spec to a file, and what the analysis reads from files.

#include "experiments/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>

#include "analysis/run_diff.h"
#include "analysis/run_tables.h"
#include "core/store/file.h"
#include "core/store/part_file.h"
#include "tests/experiments/runs.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"

namespace strang {
namespace {

using test::contains;

class Runs : public testing::Test {
 protected:
  analysis::RunSummary run(const std::string& name, std::vector<std::string> more,
                           bool force = false) {
    std::vector<std::string> overrides = {"~sweep", "samples=32", "steps=6", "threads=1"};
    if (std::count(more.begin(), more.end(), "reference=null") == 0)
      overrides.emplace_back("reference.steps=64");
    overrides.insert(overrides.end(), more.begin(), more.end());
    return run_experiment(test::compose_run(overrides), folder_ / name, name, test::registry(),
                          references_, force);
  }
  std::string path(const std::string& name) const { return (folder_ / name / "run.h5").string(); }

  const test::TemporaryFolder folder_;
  ReferenceCache references_;
};

TEST_F(Runs, the_same_job_is_done_and_another_is_refused) {
  run("a", {});
  const std::string before = test::read_text(path("a"));
  EXPECT_EQ(run("a", {"log.trajectory.samples=2", "threads=2"}).note, "done before");
  EXPECT_EQ(test::read_text(path("a")), before);
  EXPECT_TRUE(contains(test::usage_error([&] { run("a", {"steps=7"}); }),
                       "there is a complete run of another spec: steps is 6 there and 7 here"));
  EXPECT_EQ(test::read_text(path("a")), before);
  run("a", {"steps=7"}, true);
  EXPECT_EQ(analysis::read_summary(path("a")).steps, 7);
}

TEST_F(Runs, reference_none_takes_off_what_others_set_below_it) {
  const auto config = test::compose_run(
      {"~sweep", "samples=32", "steps=6", "reference=none", "+reference.steps=64"});
  EXPECT_TRUE(run_experiment(config, folder_ / "none", "none", test::registry(), references_)
                  .errors.empty());
  EXPECT_TRUE(contains(
      test::usage_error([&] {
        test::experiment({"~sweep", "reference=null", "+reference.steps=64"});
      }),
      "'reference' needs 'integrator' and 'steps', or 'file' and 'dataset' (reference=none"));
}

TEST_F(Runs, diff_finds_the_first_sample_that_differs) {
  run("a", {});
  run("b", {"threads=2", "log.sheet.images=0", "log.trajectory.samples=16"});
  run("c", {"seed=1"});
  run("d", {"integrator=ddim"});
  const auto same = analysis::differences(path("a"), path("b"));
  ASSERT_EQ(same.size(), 1U);
  EXPECT_TRUE(contains(same[0], "config log.sheet.images: 64 | 0"));
  const auto seed = analysis::differences(path("a"), path("c"));
  ASSERT_GE(seed.size(), 3U);
  EXPECT_EQ(seed[0], "config seed: 0 | 1");
  EXPECT_TRUE(contains(seed[1], "/trajectory/state at node 0, sample 0, slot 0, component 0: "));
  const auto method = analysis::differences(path("a"), path("d"));
  EXPECT_EQ(method[0], "config integrator.name: heun | ddim");
  EXPECT_TRUE(contains(method[1], "program line "));
}

TEST_F(Runs, tables_have_a_column_for_each_key_that_differs) {
  run("a", {});
  run("b", {"integrator=ddim"});
  run("c", {"integrator=ddim", "integrator.eta=0.5", "reference=null"});
  const analysis::RunSet set = analysis::read_runs(analysis::find_runs({folder_.path().string()}));
  EXPECT_EQ(set.keys,
            (std::vector<std::string>{"integrator", "reference.integrator", "reference.steps",
                                      "reference.check", "reference.schedule", "integrator.eta"}))
      << "options of plugins that one run alone has do not set runs apart";
  const std::string csv = analysis::make_error_table(set).csv();
  EXPECT_TRUE(contains(csv, "integrator,"));
  EXPECT_TRUE(contains(csv, "\nheun,"));
}

TEST_F(Runs, an_error_near_the_references_own_is_flagged) {
  EXPECT_TRUE(contains(run("a", {"steps=64", "reference.steps=65"}).note,
                       "rmse below the reference's floor"));
  const store::Group root = store::File::open(path("a")).root();
  EXPECT_EQ(root.dataset("error/rmse").attribute<std::int64_t>("below_reference_floor"), 1);
  EXPECT_EQ(run("b", {"steps=6"}).note, "");
  EXPECT_TRUE(contains(analysis::make_node_table(analysis::read_runs({path("a")})).text(),
                       "below the reference"));
}

TEST_F(Runs, a_failed_run_keeps_what_was_logged) {
  const std::string message = test::message_of<Error>([&] {
    run("a", {"model=gaussian", "model.mean=[1e39,0]", "model.covariance=1", "dtype=float32",
              "reference=null"});
  });
  EXPECT_TRUE(contains(message, "non-finite state after node 0"));
  EXPECT_TRUE(contains(message, "run.h5.part"));
  const analysis::RunSummary summary = analysis::read_summary(path("a") + ".part");
  EXPECT_EQ(summary.status, "failed");
  EXPECT_TRUE(contains(summary.note, "non-finite state after node 0"));
}

TEST_F(Runs, a_failed_run_keeps_the_errors_of_batches_that_ended) {
  const std::string file = (folder_ / "states.h5").string();
  {
    store::PartFile states{file};
    std::vector<double> initial(64, 1.0);
    store::Group root = states.file().root();
    root.write("reference", {{"sample", 32}, {"element", 2}}, initial);
    initial[2 * 20] = 1e39;  // beyond float32
    root.write("initial", {{"sample", 32}, {"element", 2}}, initial);
    states.commit();
  }
  EXPECT_THROW(run("a", {"microbatch=16", "dtype=float32", "reference=null",
                         fmt::format("+reference={{file: '{}', dataset: reference}}", file),
                         fmt::format("initial={{file: '{}', dataset: initial}}", file)}),
               Error);
  const store::Group root = store::File::open(path("a") + ".part").root();
  const store::Dataset errors = root.dataset("error/rmse");
  const auto last = errors.read<double>(errors.rows(errors.shape()[0] - 1, 1));
  for (std::size_t i = 0; i < last.size(); ++i) EXPECT_EQ(std::isnan(last[i]), i >= 16) << i;
}

// Additive noise: order one.
TEST_F(Runs, strong_order_of_euler_maruyama_is_one_within_its_interval) {
  for (const char* steps : {"8", "16", "32"})
    run(steps, {"experiment=strong_order", std::string("steps=") + steps, "samples=64",
                "reference.steps=512", "reference.check=false"});
  const analysis::RunSet set = analysis::read_runs(analysis::find_runs({folder_.path().string()}));
  std::printf("%s", analysis::make_order_table(set).text().c_str());
  const std::string csv = analysis::make_order_table(set).csv();
  std::istringstream lines(csv.substr(csv.find("\nrmse") + 1));
  std::string norm, rest;
  std::getline(lines, norm, ',');
  std::getline(lines, rest);
  double order = 0, low = 0, high = 0;
  ASSERT_EQ(std::sscanf(rest.c_str(), "\"8, 16, 32\",%lf,%lf,%lf", &order, &low, &high), 3) << csv;
  EXPECT_LE(low, 1.0);
  EXPECT_GE(high, 1.0);
  EXPECT_LT(high - low, 0.3);
}

}  // namespace
}  // namespace strang
