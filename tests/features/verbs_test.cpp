// Whole commands: a run that measures features, statistics of a dataset, a model on inputs.

#include "experiments/verbs/verbs.h"

#include <gtest/gtest.h>

#include "analysis/feature_statistics.h"
#include "analysis/run_summary.h"
#include "analysis/run_tables.h"
#include "core/store/file.h"
#include "tests/files/temporary_folder.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

class FeatureVerbs : public testing::Test {
 protected:
  using Verb = int (*)(const std::vector<std::string>&, Registry&);

  std::string call(Verb verb, std::vector<std::string> arguments, const std::string& output) {
    arguments.push_back("output='" + (folder / output).string() + "'");
    testing::internal::CaptureStdout();
    Registry all = test::registry();
    int status = -1;
    try {
      status = verb(arguments, all);
    } catch (...) {
      testing::internal::GetCapturedStdout();
      throw;
    }
    const std::string printed = testing::internal::GetCapturedStdout();
    EXPECT_EQ(status, 0) << printed;
    return printed;
  }
  // 96 samples of the exact denoiser of 200 small images.
  std::vector<std::string> run(std::vector<std::string> more) const {
    std::vector<std::string> arguments = {
        "model=dataset", "model.data={name: procedural, count: 200, size: 8}",
        "samples=96",    "microbatch=32",
        "steps=4",       "reference=null",
        "sweep=null"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  test::TemporaryFolder folder;
};

TEST_F(FeatureVerbs, a_run_measures_its_samples_against_a_dataset) {
  const std::string printed =
      call(verb_run,
           run({"features=random_conv", "features.extractor.width=8",
                "features.against={name: procedural, count: 300, size: 8}"}),
           "run");
  EXPECT_NE(printed.find("Frechet [95 %]"), std::string::npos) << printed;
  EXPECT_NE(printed.find("at infinity [95 %]"), std::string::npos) << printed;
  const std::string path = (folder / "run/run.h5").string();
  const analysis::RunSummary summary = analysis::read_summary(path);
  ASSERT_EQ(summary.features.size(), 1u);
  const analysis::FeatureComparison& d = summary.features[0].distances;
  EXPECT_EQ(d.n, 96);
  EXPECT_EQ(d.reference_n, 300);
  EXPECT_TRUE(d.interval && d.infinity && d.kernel && d.neighbours);
  const auto statistics = analysis::read_feature_statistics(path, "");
  EXPECT_EQ(statistics.values.sizes().vec(), (std::vector<std::int64_t>{96, 16}));
  EXPECT_EQ(statistics.protocol.at("quantize"), "8 bit");
  const store::Group group = store::File::open(path).root().group("features/random_conv");
  EXPECT_EQ(group.dataset("cov").axes(), (std::vector<std::string>{"feature", "other_feature"}));
}

TEST_F(FeatureVerbs, statistics_of_a_dataset_serve_as_reference_and_in_analyze) {
  const std::string file = (folder / "stats.h5").string();
  call(
      verb_features,
      {"features=random_conv", "features.extractor.width=8", "dataset.count=300", "dataset.size=8"},
      "stats.h5");
  EXPECT_EQ(analysis::read_feature_statistics(file, "").classes.size(), 4u);
  const std::vector<std::string> with = {"features=random_conv", "features.extractor.width=8"};
  std::vector<std::string> a = with, b = with;
  a.push_back("features.against=" + file);
  b.push_back("features.against={name: procedural, count: 300, size: 8}");
  call(verb_run, run(a), "a");
  call(verb_run, run(b), "b");
  const auto distance = [&](const std::string& name) {
    return analysis::read_summary((folder / name / "run.h5").string())
        .features.at(0)
        .distances.frechet;
  };
  EXPECT_NEAR(distance("a"), distance("b"), 1e-12);
  testing::internal::CaptureStdout();
  Registry all = test::registry();
  verb_analyze({"fid", "--format=csv", (folder / "a/run.h5").string(), file}, all);
  const std::string csv = testing::internal::GetCapturedStdout();
  EXPECT_NE(csv.find("random_conv,96,300,"), std::string::npos) << csv;
}

TEST_F(FeatureVerbs, a_reference_of_another_network_is_refused_before_the_run) {
  call(verb_features, {"features=random_conv", "features.extractor.seed=1", "dataset.size=8"},
       "other.h5");
  const std::string message = test::usage_error([&] {
    call(verb_run,
         run({"features=random_conv", "features.against=" + (folder / "other.h5").string()}),
         "refused");
  });
  EXPECT_NE(message.find("extractor_hash is"), std::string::npos) << message;
  EXPECT_FALSE(std::filesystem::exists(folder / "refused/run.h5.part"));
}

TEST_F(FeatureVerbs, forward_gives_the_views_of_the_model) {
  {
    store::File file = store::File::create(folder / "x.h5");
    const std::vector<double> x = {0.3, -0.2, 1, 0.5, 0, 0};
    file.root().write("x", {{"sample", 3}, {"component", 2}}, x);
    file.close();
  }
  call(verb_forward,
       {"model=gaussian", "model.mean=[0.5,0]", "model.covariance=[[2,0],[0,1]]",
        "inputs={file: " + (folder / "x.h5").string() + ", dataset: x}", "times=[0.5,2]",
        "views=[data,score]", "microbatch=4"},
       "f.h5");
  const store::Group group = store::File::open(folder / "f.h5").root().group("forward");
  const store::Dataset score = group.dataset("score");
  EXPECT_EQ(score.axes(), (std::vector<std::string>{"time", "sample", "slot", "component"}));
  const auto values = score.read<double>(), data = group.dataset("data").read<double>();
  ASSERT_EQ(values.size(), 12u);
  // At t = 2 the marginal has mean 0.5 and variance 2 + 4 along the first axis.
  EXPECT_NEAR(values[6], -(0.3 - 0.5) / 6, 1e-12);
  EXPECT_NEAR(data[6], 0.3 + 4 * values[6], 1e-12);
  EXPECT_FALSE(group.has("velocity"));
}

TEST_F(FeatureVerbs, forward_adds_noise_to_data) {
  call(verb_forward,
       {"model=dataset", "model.data={name: procedural, count: 20, size: 8}",
        "inputs={name: procedural, count: 5, size: 8}", "times=[0,0.001]", "noise=keyed",
        "views=[data]", "microbatch=4"},
       "g.h5");
  const store::Group group = store::File::open(folder / "g.h5").root().group("forward");
  const auto input = group.dataset("input").read<double>(),
             data = group.dataset("data").read<double>();
  const std::size_t half = input.size() / 2;
  double noise = 0, error = 0;
  for (std::size_t i = 0; i < half; ++i) {
    noise = std::max(noise, std::abs(input[half + i] - input[i]));
    error = std::max(error, std::abs(data[half + i] - input[i]));
  }
  EXPECT_GT(noise, 1e-3);
  EXPECT_LT(noise, 1e-2);
  EXPECT_LT(error, 1e-6) << "the nearest image of the dataset is the input itself";
}

}  // namespace
}  // namespace strang
