// One reference for all grids, in memory or in a folder.

#include "experiments/reference.h"

#include <ATen/ATen.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "core/error.h"
#include "core/store/file.h"
#include "core/store/part_file.h"
#include "experiments/lease.h"
#include "tests/experiments/runs.h"
#include "tests/files/temporary_folder.h"

namespace strang {
namespace {

Experiment cell(const std::string& steps, std::vector<std::string> more = {}) {
  std::vector<std::string> overrides = {"~sweep",    "samples=40",     "microbatch=16",
                                        "threads=1", "steps=" + steps, "reference.steps=24"};
  overrides.insert(overrides.end(), more.begin(), more.end());
  return test::experiment(overrides);
}

void expect_same(const Reference& a, const Reference& b) {
  EXPECT_EQ(a.times, b.times);
  EXPECT_TRUE(at::equal(at::stack(a.states), at::stack(b.states)));
  ASSERT_FALSE(a.own_errors.empty());
  for (const auto& [norm, own] : a.own_errors)
    EXPECT_TRUE(at::equal(at::stack(own), at::stack(b.own_errors.at(norm)))) << norm;
}

TEST(reference, has_the_same_bits_whatever_else_is_wanted) {
  const std::vector<std::string> noisy = {"experiment=strong_order"};
  for (const auto& more : {std::vector<std::string>{}, noisy}) {
    const Experiment a = cell("7", more), b = cell("10", more);
    ASSERT_EQ(reference_hash(a.composed), reference_hash(b.composed));
    ReferenceCache alone, shared;
    for (const Experiment* e : {&a, &b})
      shared.expect(reference_hash(e->composed), e->grid->times());
    for (const Experiment* e : {&a, &b})
      expect_same(*alone.get(*e, test::registry()), *shared.get(*e, test::registry()));
  }
}

TEST(reference, depends_on_what_it_solves_and_on_nothing_else) {
  const std::string hash = reference_hash(cell("7").composed);
  EXPECT_EQ(hash, reference_hash(cell("7", {"integrator=ddim", "log.sheet.images=1"}).composed));
  for (const char* more : {"seed=1", "samples=41", "dtype=float32", "reference.steps=25",
                           "noise=zero", "schedule.rho=6", "reference.check=false"})
    EXPECT_NE(hash, reference_hash(cell("7", {more}).composed)) << more;
}

TEST(reference, in_a_folder_is_solved_once_and_read_to_the_bit) {
  const test::TemporaryFolder folder;
  const Experiment a = cell("7"), b = cell("10");
  ReferenceCache alone;
  const auto expected = alone.get(a, test::registry());
  std::vector<pid_t> children;
  for (int i = 0; i < 3; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      ReferenceCache cache(folder.path());
      const auto found = cache.get(a, test::registry());
      ::_exit(at::equal(at::stack(found->states), at::stack(expected->states)) ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const auto file = std::filesystem::directory_iterator(folder.path())->path();
  const auto written = std::filesystem::last_write_time(file);
  ReferenceCache cache(folder.path());
  expect_same(*cache.get(a, test::registry()), *expected);
  EXPECT_EQ(std::filesystem::last_write_time(file), written);
  // Another grid adds its times to the file.
  expect_same(*cache.get(b, test::registry()), *alone.get(b, test::registry()));
  EXPECT_NE(std::filesystem::last_write_time(file), written);
  expect_same(*ReferenceCache(folder.path()).get(a, test::registry()), *expected);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

// A writer gives the file its name, and holds it until the name is durable.
TEST(reference, whose_writer_still_holds_the_file_is_waited_for) {
  const test::TemporaryFolder folder;
  const Experiment e = cell("7");
  const auto expected = ReferenceCache(folder.path()).get(e, test::registry());
  const auto file = std::filesystem::directory_iterator(folder.path())->path();
  const auto written = std::filesystem::last_write_time(file);
  auto lease = Lease::take(file.string() + ".lease");
  const int held = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);
  const std::jthread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(120));
    ::close(held);
    lease.reset();
  });
  expect_same(*ReferenceCache(folder.path()).get(e, test::registry()), *expected);
  EXPECT_EQ(std::filesystem::last_write_time(file), written);
}

// A run of 40 samples in 7 steps that is compared with a dataset of a file.
Experiment compared_with(const std::filesystem::path& file, const std::string& dataset,
                         std::vector<std::string> more = {}) {
  std::vector<std::string> overrides = {
      "~sweep",
      "samples=40",
      "microbatch=16",
      "steps=7",
      "reference=null",
      fmt::format("+reference={{file: '{}', dataset: {}}}", file.string(), dataset)};
  overrides.insert(overrides.end(), more.begin(), more.end());
  return test::experiment(overrides);
}

TEST(reference, is_read_from_a_file) {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder / "states.h5";
  ReferenceCache cache;
  const auto solved = cache.get(cell("7"), test::registry());
  const at::Tensor states = at::stack(solved->states).flatten(2).contiguous();
  const at::Tensor last = states[7].contiguous();
  {
    store::PartFile file(path, {.overwrite = true});
    const auto view = [](const at::Tensor& t) {
      return store::ConstView{store::ElementType::float64, t.const_data_ptr(), t.numel()};
    };
    store::Group root = file.file().root();
    root.write("all", {{"node", 8}, {"sample", 40}, {"element", 2}}, view(states));
    root.write("last", {{"sample", 40}, {"element", 2}}, view(last));
    file.commit();
  }
  const auto all = cache.get(compared_with(path, "all"), test::registry());
  EXPECT_EQ(all->times, solved->times);
  EXPECT_TRUE(at::equal(at::stack(all->states), at::stack(solved->states)));
  EXPECT_TRUE(all->own_errors.empty());
  const auto final = cache.get(compared_with(path, "last"), test::registry());
  EXPECT_TRUE(at::equal(final->states[7], solved->states[7]));
  EXPECT_TRUE(at::isnan(final->states[6]).all().item<bool>());

  EXPECT_NO_THROW(require_reference(compared_with(path, "all"), test::registry()));
  for (const char* wrong : {"steps=8", "samples=41"})
    EXPECT_THROW(require_reference(compared_with(path, "all", {wrong}), test::registry()),
                 UsageError)
        << wrong;
  const Experiment noisy = compared_with(path, "all", {"integrator=euler_maruyama"});
  EXPECT_NE(reason_without_errors(noisy, test::registry()), "");
  EXPECT_EQ(reason_without_errors(compared_with(path, "all"), test::registry()), "");
}

}  // namespace
}  // namespace strang
