// `strang fit` and its files through the command line.

#include <gtest/gtest.h>

#include "core/store/file.h"
#include "experiments/verbs/verbs.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"
#include "tests/processes/plugins.h"

namespace strang::test {
namespace {

class FitVerb : public testing::Test {
 protected:
  FitVerb() {
    register_integrators(all);
    register_models(all);
  }

  int call(int (*verb)(const std::vector<std::string>&, Registry&), const std::string& output,
           std::vector<std::string> arguments) {
    arguments.push_back("output='" + (folder / output).string() + "'");
    testing::internal::CaptureStdout();
    try {
      const int status = verb(arguments, all);
      printed = testing::internal::GetCapturedStdout();
      return status;
    } catch (...) {
      printed = testing::internal::GetCapturedStdout();
      throw;
    }
  }
  std::string run_and_fail(const std::vector<std::string>& overrides) {
    return message_of<UsageError>([&] { call(verb_run, "refused", overrides); });
  }
  std::vector<double> samples(const std::string& output) const {
    return store::File::open(folder / output / "run.h5")
        .root()
        .dataset("samples/state")
        .read<double>();
  }
  std::string file() const { return "'" + (folder / "fit" / "coefficients.h5").string() + "'"; }

  // Short runs of the default experiment.
  std::vector<std::string> with(std::vector<std::string> overrides) const {
    std::vector<std::string> all_of_them = {"~sweep", "reference=null", "samples=32",
                                            "microbatch=32", "steps=6"};
    all_of_them.insert(all_of_them.end(), overrides.begin(), overrides.end());
    return all_of_them;
  }

  Registry all;
  TemporaryFolder folder;
  std::string printed;
};

TEST_F(FitVerb, file_is_a_program_and_an_optimizer) {
  const std::vector<std::string> fit = {"optimizer=iia_edm", "optimizer.samples=40"};
  ASSERT_EQ(call(verb_fit, "fit", with(fit)), 0);
  EXPECT_TRUE(contains(printed, "network evaluations for 40 samples"));
  ASSERT_EQ(call(verb_run, "direct", with(fit)), 0);
  ASSERT_EQ(call(verb_run, "program", with({"integrator=program", "integrator.file=" + file()})),
            0);
  ASSERT_EQ(call(verb_run, "file", with({"optimizer=file", "optimizer.file=" + file()})), 0);
  ASSERT_EQ(call(verb_run, "base", with({})), 0);
  EXPECT_EQ(samples("direct"), samples("program"));
  EXPECT_EQ(samples("direct"), samples("file"));
  EXPECT_NE(samples("direct"), samples("base"));
}

TEST_F(FitVerb, explains_a_file) {
  ASSERT_EQ(call(verb_fit, "fit", with({"optimizer=biia_edm", "optimizer.samples=20"})), 0);
  testing::internal::CaptureStdout();
  EXPECT_EQ(verb_explain({(folder / "fit" / "coefficients.h5").string()}, all), 0);
  const std::string text = testing::internal::GetCapturedStdout();
  for (const char* part : {"gamma_0", "mse fit", "biia_edm", "heun", "evaluate"})
    EXPECT_TRUE(contains(text, part));
}

TEST_F(FitVerb, another_grid_model_process_or_base_is_refused_with_the_difference) {
  ASSERT_EQ(call(verb_fit, "fit", with({"optimizer=iia_edm", "optimizer.samples=20"})), 0);
  const std::string program = "integrator.file=" + file(), stored = "optimizer.file=" + file();
  EXPECT_TRUE(contains(run_and_fail(with({"integrator=program", program, "steps=7"})), "7"));
  EXPECT_TRUE(contains(run_and_fail(with({"optimizer=file", stored, "schedule.rho=5"})),
                       "the grid of this run has t ="));
  EXPECT_TRUE(contains(
      run_and_fail(with({"integrator=program", program, "model.weights=[1,1,1,1,1,1,1,1]"})),
      "belongs to another model: model.weights"));
  EXPECT_TRUE(contains(
      run_and_fail(with({"integrator=program", program, "process=ve", "process.sigma=sqrt"})),
      "belongs to another process: process.name is edm there and ve"));
  EXPECT_TRUE(contains(run_and_fail(with({"optimizer=file", stored, "integrator=dpm_2"})),
                       "belongs to another base integrator: integrator.name is heun there"));
}

TEST_F(FitVerb, another_class_guidance_or_precision_is_refused_with_the_difference) {
  const auto guided = [&](std::vector<std::string> overrides) {
    for (const char* one : {"model=guided_ring", "integrator=ddim"}) overrides.emplace_back(one);
    return with(overrides);
  };
  ASSERT_EQ(call(verb_fit, "fit",
                 guided({"labels=uniform", "optimizer=iia_ddim", "optimizer.quantities=[eps]",
                         "optimizer.first_step=0", "optimizer.samples=20"})),
            0);
  const std::string stored = "optimizer.file=" + file(), by = "optimizer=file";
  EXPECT_EQ(call(verb_run, "same", guided({"labels=uniform", by, stored})), 0);
  EXPECT_EQ(call(verb_run, "fixed", guided({"labels={source: uniform, fit: fixed}", by, stored})),
            0);
  EXPECT_TRUE(contains(run_and_fail(guided({"labels=1", by, stored})),
                       "samples of other classes: labels is uniform there and 1 in this run"));
  EXPECT_TRUE(contains(run_and_fail(guided({"labels=uniform", by, stored, "model.scale=4"})),
                       "another model: model.scale is 3.0 there and 4.0 in this run"));
  EXPECT_TRUE(
      contains(run_and_fail(guided({"labels=uniform", by, stored, "model.convention=weight"})),
               "another model: model.convention is scale there and weight"));
  EXPECT_TRUE(contains(run_and_fail(guided({"labels=uniform", by, stored, "dtype=float32"})),
                       "other precision: dtype is float64 there and float32 in this run"));
  EXPECT_TRUE(contains(run_and_fail(with({"model=guided_ring", "labels=1", "integrator=program",
                                          "integrator.file=" + file()})),
                       "other classes"));
}

// What a fit is made of are samples with labels of their own stream.
TEST_F(FitVerb, labels_of_a_fit_are_sampled_or_those_of_the_run) {
  const auto coefficients = [&](const std::string& name, const std::string& labels) {
    EXPECT_EQ(call(verb_fit, name,
                   with({"model=guided_ring", "integrator=ddim", "optimizer=iia_ddim",
                         "optimizer.samples=12", "labels=" + labels})),
              0);
    return store::File::open(folder / name / "coefficients.h5")
        .root()
        .dataset("program/free")
        .read<double>();
  };
  const auto sampled = coefficients("sampled", "uniform");
  EXPECT_EQ(sampled, coefficients("again", "{source: uniform, fit: sampled}"));
  EXPECT_NE(sampled, coefficients("fixed", "{source: uniform, fit: fixed}"));
  EXPECT_NE(sampled, coefficients("one", "1"));
}

TEST_F(FitVerb, stored_equations_are_solved_anew_without_the_model) {
  ASSERT_EQ(call(verb_fit, "fit",
                 with({"optimizer=iia_edm", "optimizer.samples=20", "optimizer.ridge=1e-6"})),
            0);
  const std::string from = (folder / "fit" / "coefficients.h5").string();
  ASSERT_EQ(call(verb_fit, "same", {"--from", from, "ridge=1e-6"}), 0);
  ASSERT_EQ(call(verb_fit, "other", {"--from", from, "ridge=0.1"}), 0);
  const auto free = [&](const char* name) {
    return store::File::open(folder / name / "coefficients.h5")
        .root()
        .dataset("program/free")
        .read<double>();
  };
  EXPECT_EQ(free("fit"), free("same"));
  double before = 0, after = 0;
  for (const double value : free("fit")) before += value * value;
  for (const double value : free("other")) after += value * value;
  EXPECT_LT(after, before);
  EXPECT_TRUE(contains(message_of<UsageError>([&] {
                         call(verb_fit, "third", {"--from", from, "rigde=1"});
                       }),
                       "ridge"));
  ASSERT_EQ(
      call(verb_run, "run",
           with({"integrator=program",
                 "integrator.file='" + (folder / "other" / "coefficients.h5").string() + "'"})),
      0);
}

TEST_F(FitVerb, schedules_are_coefficient_files_too) {
  ASSERT_EQ(call(verb_fit, "fit",
                 with({"integrator=ipndm", "optimizer=gits", "optimizer.samples=32",
                       "optimizer.teacher_steps=24"})),
            0);
  const std::vector<double> times =
      store::File::open(folder / "fit" / "coefficients.h5").root().dataset("grid/t").read<double>();
  ASSERT_EQ(times.size(), 7u);
  ASSERT_EQ(call(verb_run, "run",
                 with({"integrator=program", "integrator.file=" + file(), "schedule=explicit",
                       fmt::format("schedule.times=[{}]", fmt::join(times, ","))})),
            0);
}

}  // namespace
}  // namespace strang::test
