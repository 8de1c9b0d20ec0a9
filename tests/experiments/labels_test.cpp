// Classes of samples: drawn by id, read from files, and what follows from them in a run.

#include "experiments/labels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/store/part_file.h"
#include "experiments/run.h"
#include "tests/experiments/runs.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"

namespace strang::test {
namespace {

constexpr const char* conditional =
    "{name: gaussian_mixture, weights: [1, 3, 4], classes: [0, 1, 2], means: [[1], [2], [3]], "
    "variances: [[1], [1], [1]]}";

std::vector<std::int64_t> labels(const std::string& yaml, LabelUse use, std::int64_t count,
                                 std::int64_t known, std::int64_t seed = 0) {
  const auto built = make_labels(LabelOptions::read(config::parse_yaml(yaml, "test")), use, seed,
                                 known, *model(conditional));
  std::vector<std::int64_t> all;
  for (std::int64_t sample = 0; sample < count; ++sample) all.push_back(built->of(sample));
  return all;
}

TEST(labels, are_drawn_by_sample_id) {
  const auto all = labels("uniform", LabelUse::run, 200, 200);
  EXPECT_EQ(all, labels("uniform", LabelUse::run, 200, 7));
  EXPECT_NE(all, labels("uniform", LabelUse::run, 200, 200, 1));
  const auto fit = labels("{source: uniform}", LabelUse::fit, 200, 0);
  EXPECT_NE(all, fit);
  EXPECT_EQ(all, labels("{source: uniform, fit: fixed}", LabelUse::fit, 200, 0));
  EXPECT_EQ(labels("2", LabelUse::fit, 5, 0), std::vector<std::int64_t>(5, 2));
}

TEST(labels, follow_their_weights) {
  const int n = 20000;
  const auto share = [&](const std::string& yaml, std::int64_t label) {
    const auto all = labels(yaml, LabelUse::run, n, n);
    return static_cast<double>(std::count(all.begin(), all.end(), label)) / n;
  };
  for (const std::int64_t label : {0, 1, 2}) {
    const double weight = label == 0 ? 0.125 : label == 1 ? 0.375 : 0.5;
    EXPECT_NEAR(share("weighted", label), weight, 4 * std::sqrt(weight * (1 - weight) / n));
    EXPECT_NEAR(share("uniform", label), 1 / 3.0, 4 * std::sqrt(2 / 9.0 / n));
  }
}

TEST(labels, come_from_a_file) {
  const TemporaryFolder folder;
  store::PartFile file(folder / "labels.h5");
  file.file().root().write("y", {{"sample", 4}}, std::vector<std::int64_t>{2, 0, 0, 2});
  file.file().root().write("wrong", {{"other_sample", 2}}, std::vector<std::int64_t>{2, 3});
  file.commit();
  const auto source = [&](const std::string& dataset, const std::string& more = "") {
    return "{source: {file: '" + (folder / "labels.h5").string() + "', dataset: " + dataset + "}" +
           more + "}";
  };
  EXPECT_EQ(labels(source("y"), LabelUse::run, 4, 4), (std::vector<std::int64_t>{2, 0, 0, 2}));
  EXPECT_EQ(labels(source("y", ", fit: fixed"), LabelUse::fit, 4, 0),
            (std::vector<std::int64_t>{2, 0, 0, 2}));
  const auto sampled = labels(source("y"), LabelUse::fit, 50, 0);
  EXPECT_EQ(std::count(sampled.begin(), sampled.end(), 1), 0);
  EXPECT_GT(std::count(sampled.begin(), sampled.end(), 2), 10);
  EXPECT_GT(std::count(sampled.begin(), sampled.end(), 0), 10);
  const auto error = [](const auto& f) { return message_of<UsageError>(f); };
  EXPECT_TRUE(contains(error([&] { labels(source("y"), LabelUse::run, 4, 5); }),
                       "holds 4 labels, the run has 5 samples"));
  EXPECT_TRUE(contains(error([&] { labels(source("wrong"), LabelUse::run, 2, 2); }),
                       "holds the label 3; those of the model are 0 to 2"));
}

TEST(labels, that_mean_nothing_are_refused) {
  const auto error = [](const std::string& yaml, const std::string& of) {
    return message_of<UsageError>([&] {
      make_labels(LabelOptions::read(config::parse_yaml(yaml, "test")), LabelUse::run, 0, 4,
                  *model(of));
    });
  };
  EXPECT_TRUE(contains(error("unifrom", conditional), "did you mean 'uniform'"));
  EXPECT_TRUE(contains(error("{source: 1, fit: now}", conditional), "labels.fit"));
  EXPECT_TRUE(contains(error("3", conditional), "those of the model are 0 to 2"));
  EXPECT_TRUE(contains(error("-1", conditional), "allowed are a class 0, 1, ..."));
  EXPECT_TRUE(
      contains(error("0", "{name: gaussian, mean: [0], covariance: 1}"), "tells no classes apart"));
  EXPECT_TRUE(
      contains(error("null", "{name: classifier_free, model: " + std::string(conditional) + "}"),
               "'labels' is null, but this model guides"));
  EXPECT_EQ(error("null", conditional), "no exception");
}

class LabelledRun : public testing::Test {
 protected:
  store::Group run(const std::string& name, std::vector<std::string> overrides) {
    const std::vector<std::string> common = {"~sweep", "model=guided_ring", "microbatch=16",
                                             "steps=6"};
    overrides.insert(overrides.begin(), common.begin(), common.end());
    ReferenceCache references;
    run_experiment(compose_run(overrides), folder / name, name, registry(), references);
    return store::File::open(folder / name / "run.h5").root();
  }
  TemporaryFolder folder;
};

TEST_F(LabelledRun, does_not_depend_on_how_many_samples_there_are) {
  const auto read = [](const store::Group& root, const char* name) {
    return root.dataset(name).read<double>();
  };
  const store::Group all = run("all", {"reference=null", "labels=uniform", "samples=40"});
  const store::Group some = run("some", {"reference=null", "labels=uniform", "samples=21"});
  const std::vector<double> a = read(all, "samples/state"), b = read(some, "samples/state");
  EXPECT_EQ(std::vector<double>(a.begin(), a.begin() + std::ssize(b)), b);
  const std::vector<double> label = read(all, "samples/label");
  ASSERT_EQ(label.size(), 40u);
  EXPECT_EQ(std::set<double>(label.begin(), label.end()), (std::set<double>{0, 1, 2, 3}));
  // Those of class 2 are what a run of this class alone gives.
  const std::vector<double> one =
      read(run("one", {"reference=null", "labels=2", "samples=40"}), "samples/state");
  for (std::size_t i = 0; i < 40; ++i) EXPECT_EQ(one[2 * i] == a[2 * i], label[i] == 2) << i;
}

TEST_F(LabelledRun, counts_the_calls_of_guidance_and_compares_equal_labels) {
  const store::Group root = run("run", {"labels=uniform", "samples=24", "reference.steps=400",
                                        "integrator=heun", "steps=60", "reference.check=false"});
  EXPECT_EQ(root.group("cost").attribute<double>("nfe"), 119);
  EXPECT_EQ(root.group("cost").attribute<double>("guidance_evaluations"), 119);
  const std::vector<double> errors = root.dataset("error/rmse").read<double>();
  for (const double error : std::vector<double>(errors.end() - 24, errors.end()))
    EXPECT_LT(error, 0.02);
  const store::Group part = run("part", {"labels=uniform", "samples=24", "reference=null",
                                         "integrator=ddim", "model.interval=[0.1,5]"});
  const std::vector<double> t = part.dataset("grid/t").read<double>();
  const auto inside =
      std::count_if(t.begin(), t.end() - 1, [](double s) { return s >= 0.1 && s <= 5; });
  EXPECT_EQ(part.group("cost").attribute<double>("guidance_evaluations"),
            static_cast<double>(inside));
  EXPECT_LT(inside, 6);
}

TEST(labels, are_part_of_the_reference) {
  const auto hash = [](const std::string& labels) {
    return reference_hash(compose_run({"model=guided_ring", "labels=" + labels}));
  };
  EXPECT_NE(hash("uniform"), hash("1"));
  EXPECT_EQ(hash("uniform"), hash("uniform"));
}

}  // namespace
}  // namespace strang::test
