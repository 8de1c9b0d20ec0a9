// Runs that processes share by their samples: the merged file is that of an undivided run.

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/error.h"
#include "core/hash.h"
#include "core/store/file.h"
#include "experiments/lease.h"
#include "experiments/shards.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"
#include "tests/support/program.h"
#include "tests/sweeps/sweep_files.h"

namespace strang {
namespace {

namespace fs = std::filesystem;
using test::contains;
using test::Program;

// What depends on time, place and division.
bool is_provenance(const std::string& attribute) {
  return attribute.starts_with("seconds") || attribute == "started" || attribute == "shards" ||
         attribute == "spec" || attribute == "spec_hash";  // the launcher and the output
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

void expect_same_attributes(const store::Object& a, const store::Object& b) {
  EXPECT_EQ(a.attribute_names().size() + (b.has_attribute("shards") ? 1 : 0),
            b.attribute_names().size())
      << a.where();
  for (const std::string& name : a.attribute_names())
    if (!is_provenance(name)) {
      EXPECT_EQ(a.attribute(name), b.attribute(name)) << a.where() << " " << name;
    }
}

// Group by group, dataset by dataset, attribute by attribute.
int expect_same_content(const store::Group& a, const store::Group& b) {
  expect_same_attributes(a, b);
  EXPECT_EQ(a.group_names(), b.group_names());
  EXPECT_EQ(a.dataset_names(), b.dataset_names());
  int datasets = 0;
  for (const std::string& name : a.dataset_names()) {
    const store::Dataset x = a.dataset(name), y = b.dataset(name);
    EXPECT_EQ(x.description(), y.description());
    EXPECT_EQ(x.axes(), y.axes());
    expect_same_attributes(x, y);
    if (x.type_name() == "string")
      EXPECT_EQ(x.read_strings(), y.read_strings()) << x.where();
    else
      EXPECT_TRUE(same_bits(x.read<double>(), y.read<double>())) << x.where();
    ++datasets;
  }
  for (const std::string& name : a.group_names())
    datasets += expect_same_content(a.group(name), b.group(name));
  return datasets;
}

int expect_same_files(const fs::path& a, const fs::path& b) {
  return expect_same_content(store::File::open(a).root(), store::File::open(b).root());
}

class Sharded : public testing::Test {
 protected:
  using Words = std::vector<std::string>;
  static Words words(const std::string& output, const Words& more) {
    Words all = {"run",           "~sweep",          "samples=100",
                 "microbatch=16", "threads=1",       "reference.steps=48",
                 "steps=5",       "output=" + output};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  int run(const Words& arguments) {
    const Program program(folder_.path(), arguments);
    const int status = program.wait();
    errors_ = program.errors();
    return status;
  }
  // Three shards by two processes against one process.
  int compare(const Words& more) {
    EXPECT_EQ(run(words("whole", more)), 0) << errors_;
    Words shared = more;
    shared.insert(shared.end(), {"launcher.processes=2", "launcher.shards=3"});
    EXPECT_EQ(run(words("shared", shared)), 0) << errors_;
    EXPECT_TRUE(test::leftovers(folder_ / "shared").empty());
    EXPECT_FALSE(fs::exists(folder_ / "shared/000/shards"));
    return expect_same_files(folder_ / "whole/run.h5", folder_ / "shared/000/run.h5");
  }
  Words three_shards(const Words& more = {}) {
    Words all = {"launcher.shards=3"};
    all.insert(all.end(), more.begin(), more.end());
    return words("out", all);
  }

  const test::TemporaryFolder folder_;
  std::string errors_;
};

TEST_F(Sharded, heun_has_the_bits_of_the_undivided_run) {
  EXPECT_GE(
      compare({"log.evaluations=true", "log.trajectory.samples=40", "+errors.weak=[second_moment]",
               "denoise=ode_drift", "process=vp", "schedule=uniform", "+errors.decompose=true"}),
      20);
  const auto manifest =
      store::File::open(folder_ / "shared/000/run.h5").root().attribute<std::string>("shards");
  for (const char* part : {"first: 0\n", "last: 31\n", "first: 32\n", "last: 63\n", "first: 64\n",
                           "last: 99\n", "2-of-3.h5", "sha256: "})
    EXPECT_TRUE(contains(manifest, part)) << manifest;
}

TEST_F(Sharded, a_stochastic_integrator_has_the_bits_of_the_undivided_run) {
  compare({"integrator=euler_maruyama", "noise=path", "reference.integrator=euler_maruyama",
           "errors.at=[final]", "dtype=float32"});
}

TEST_F(Sharded, an_adaptive_integrator_has_the_bits_of_the_undivided_run) {
  compare({"process=vp", "schedule=uniform", "integrator=rk45", "integrator.rtol=1e-6",
           "reference.check=false"});
  EXPECT_GT(store::File::open(folder_ / "shared/000/run.h5")
                .root()
                .group("cost")
                .attribute<std::int64_t>("steps_accepted"),
            100);
}

TEST_F(Sharded, features_are_extracted_by_shards) {
  compare({"model=gaussian", "model.mean=0", "model.covariance=1", "model.shape=[1,16,16]",
           "features=random_conv", "features.samples=70",
           "features.against={name: procedural, count: 64}"});
  EXPECT_TRUE(fs::exists(folder_ / "shared/000/samples.png"));
}

TEST_F(Sharded, a_killed_holders_shard_is_taken_over) {
  ASSERT_EQ(run(words("whole", {"samples=2048", "steps=200"})), 0) << errors_;
  Words arguments = three_shards({"samples=2048", "steps=200"});
  {
    const Program first(folder_.path(), arguments);
    const fs::path done = folder_ / "out/000/shards/0-of-3.yaml";
    const fs::path begun = folder_ / "out/000/shards/1-of-3.h5.part";
    for (int i = 0; i < 20000 && !(fs::exists(done) && fs::exists(begun)); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ::kill(first.id(), SIGKILL);
    ASSERT_EQ(first.wait(), -SIGKILL);
    ASSERT_FALSE(fs::exists(folder_ / "out/000/shards/1-of-3.yaml")) << "the kill came too late";
  }
  const auto written = fs::last_write_time(folder_ / "out/000/shards/0-of-3.h5");
  const Program second(folder_.path(), arguments);
  for (int i = 0; i < 20000 && !fs::exists(folder_ / "out/000/shards/1-of-3.yaml"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::error_code merged;
  const auto later = fs::last_write_time(folder_ / "out/000/shards/0-of-3.h5", merged);
  EXPECT_TRUE(merged || later == written) << "a shard that is there is not run again";
  ASSERT_EQ(second.wait(), 0) << second.errors();
  expect_same_files(folder_ / "whole/run.h5", folder_ / "out/000/run.h5");
  EXPECT_TRUE(test::leftovers(folder_ / "out").empty());
}

TEST_F(Sharded, a_corrupted_shard_is_refused_and_run_anew_by_retry) {
  ASSERT_EQ(run(words("whole", {})), 0) << errors_;
  const fs::path shards = folder_ / "out/000/shards";
  {
    const auto merge = Lease::take(folder_ / "out/leases/000");  // nobody else may
    const Program program(folder_.path(), three_shards());
    for (int i = 0; i < 20000 && count_shards(shards) < 3; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ::kill(program.id(), SIGKILL);
    EXPECT_EQ(program.wait(), -SIGKILL);
  }
  ASSERT_EQ(count_shards(shards), 3U);
  {
    std::fstream file(shards / "1-of-3.h5", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-1, std::ios::end);
    file.put('x');
  }
  EXPECT_EQ(run({"run", "--resume", "out"}), 1);
  EXPECT_TRUE(contains(errors_,
                       "1-of-3.h5: the bytes of the shard (samples 32 to 63) have changed "
                       "since it was written"));
  EXPECT_FALSE(fs::exists(folder_ / "out/000/run.h5"));
  EXPECT_EQ(run({"sweep", "retry", "out"}), 0) << errors_;
  expect_same_files(folder_ / "whole/run.h5", folder_ / "out/000/run.h5");
}

TEST_F(Sharded, programs_that_couple_samples_are_refused) {
  EXPECT_EQ(run(words("out", {"process=vp", "schedule=uniform", "integrator=rk45",
                              "integrator.norm=batch", "samples=16", "launcher.shards=2"})),
            2);
  EXPECT_TRUE(contains(errors_, "launcher.shards is 2: integrator 'rk45' couples the samples"));
}

// Entries of shards whose files exist.
class Manifest : public testing::Test {
 protected:
  ShardEntry entry(std::int64_t first, std::int64_t end) {
    const fs::path file = folder_ / fmt::format("{}.h5", first);
    test::write_text(file, fmt::format("rows {}", first));
    return {file, {first, end}, "job", sha256_hex(fmt::format("rows {}", first))};
  }
  static std::string refusal(const std::vector<ShardEntry>& manifest, std::int64_t samples) {
    try {
      verify_shards(manifest, "job", samples);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  const test::TemporaryFolder folder_;
};

TEST_F(Manifest, every_shard_is_verified) {
  const std::vector<ShardEntry> good = {entry(0, 32), entry(32, 64), entry(64, 100)};
  EXPECT_EQ(refusal(good, 100), "");
  EXPECT_EQ(refusal({good[2], good[0], good[1]}, 100), "");
  EXPECT_EQ(refusal({good[0], good[1]}, 100), "no shard has the samples 64 to 99");
  EXPECT_TRUE(contains(refusal({good[0], good[2]}, 100), "no shard has the samples 32 to 63"));
  EXPECT_TRUE(
      contains(refusal({good[0], entry(16, 64), good[2]}, 100),
               "16.h5: the shard (samples 16 to 63) overlaps another one, up to sample 31"));
  EXPECT_EQ(refusal(good, 90), "the shards end with sample 99, the run with sample 89");
  auto other = good;
  other[1].job = "another";
  EXPECT_TRUE(contains(refusal(other, 100), "is of another job, another and not job"));
  std::ofstream(good[1].file, std::ios::app) << "x";
  EXPECT_TRUE(contains(refusal(good, 100),
                       "32.h5: the bytes of the shard (samples 32 to 63) have changed"));
  fs::remove(good[1].file);
  EXPECT_TRUE(contains(refusal(good, 100), "32.h5: the shard (samples 32 to 63) is missing"));
}

TEST(divide_samples, makes_ranges_of_whole_micro_batches) {
  for (const std::int64_t samples : {1, 16, 17, 100, 1000})
    for (const std::int64_t shards : {1, 2, 3, 7, 100}) {
      const auto ranges = divide_samples(samples, 16, shards);
      EXPECT_LE(std::ssize(ranges), shards);
      std::int64_t next = 0;
      for (const SampleRange& range : ranges) {
        EXPECT_EQ(range.first, next);
        EXPECT_EQ(range.first % 16, 0);
        EXPECT_GT(range.size(), 0);
        next = range.end;
      }
      EXPECT_EQ(next, samples);
    }
}

}  // namespace
}  // namespace strang
