// kill -9 at random moments of a sweep.

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <random>
#include <regex>
#include <thread>

#include "tests/files/temporary_folder.h"
#include "tests/support/program.h"
#include "tests/sweeps/sweep_files.h"

namespace strang {
namespace {

namespace fs = std::filesystem;
using test::Program;

constexpr std::size_t cells = 60;

std::vector<std::string> arguments(const std::string& output) {
  return {"sweep",
          "integrator=euler,heun,ddim,dpmpp_2m,edm_ablation,ancestral",
          "steps=8,12,16,20,24,28,32,36,40,44",
          "samples=4096",
          "threads=2",  // a cell is written while the next one samples
          "reference.steps=256",
          "output=" + output};
}

// Names and times of the run files, so that one that was written again is seen.
std::map<std::string, fs::file_time_type> runs(const fs::path& folder) {
  std::map<std::string, fs::file_time_type> found;
  if (!fs::exists(folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().filename() == "run.h5")
      found[entry.path().string()] = fs::last_write_time(entry.path());
  return found;
}

// Waits until so many cells are done, and some milliseconds more.
void wait_for(const fs::path& folder, std::size_t done, double milliseconds) {
  for (int i = 0; i < 60000 && runs(folder).size() < done; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(milliseconds));
}

TEST(sweep_kill, five_kills_leave_the_bits_of_an_undisturbed_sweep) {
  const test::TemporaryFolder folder;
  const Program whole(folder.path(), arguments("whole"));
  ASSERT_EQ(whole.wait(), 0) << whole.errors();
  const auto seed = std::random_device{}();
  std::mt19937 random(seed);
  // Few enough that cells are left for the last kill; the first ones hit the reference, too.
  std::uniform_int_distribution<std::size_t> more(0, 5);
  std::uniform_real_distribution<double> milliseconds(0, 100);
  std::map<std::string, fs::file_time_type> before;
  for (int i = 0; i < 5; ++i) {
    const bool fresh = !fs::exists(folder / "killed" / "sweep.yaml");
    const Program program(
        folder.path(),
        fresh ? arguments("killed") : std::vector<std::string>{"run", "--resume", "killed"});
    wait_for(folder / "killed", before.size() + more(random), milliseconds(random));
    ::kill(program.id(), SIGKILL);
    EXPECT_EQ(program.wait(), -SIGKILL) << "seed " << seed;
    const auto after = runs(folder / "killed");
    for (const auto& [name, written] : before) EXPECT_EQ(after.at(name), written) << name;
    std::printf("kill %d: %zu cells done\n", i, after.size());
    before = after;
  }
  const Program last(folder.path(), {"run", "--resume", "killed"});
  ASSERT_EQ(last.wait(), 0) << last.errors();
  const auto after = runs(folder / "killed");
  for (const auto& [name, written] : before) EXPECT_EQ(after.at(name), written) << name;
  EXPECT_EQ(after.size(), cells);
  EXPECT_EQ(test::sweep_numbers(folder / "whole", cells),
            test::sweep_numbers(folder / "killed", cells));
  EXPECT_TRUE(test::leftovers(folder / "killed").empty()) << test::leftovers(folder / "killed")[0];
}

}  // namespace
}  // namespace strang
