// SIGINT and SIGTERM end a run cleanly; two runs never write one file.

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <thread>

#include "core/store/file.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"
#include "tests/support/program.h"

namespace strang {
namespace {

using namespace std::chrono_literals;
using test::contains;

const std::vector<std::string> long_run = {
    "run",       "~sweep",         "samples=4000000",           "reference=null",
    "threads=1", "microbatch=128", "log.trajectory.samples=64", "output=out"};

class Interrupt : public testing::Test {
 protected:
  void wait_for_samples() const {
    // The lock of the running program keeps readers out; its file grows to its size at once.
    for (int i = 0; i < 1000 && !std::filesystem::exists(part_); ++i)
      std::this_thread::sleep_for(10ms);
    std::this_thread::sleep_for(300ms);
  }

  const test::TemporaryFolder folder_;
  const std::filesystem::path part_ = folder_ / "out" / "run.h5.part";
};

TEST_F(Interrupt, a_signal_ends_a_run_with_what_was_logged) {
  for (const int signal : {SIGINT, SIGTERM}) {
    std::filesystem::remove_all(folder_ / "out");
    const test::Program program(folder_.path(), long_run);
    wait_for_samples();
    ::kill(program.id(), signal);
    EXPECT_EQ(program.wait(), 128 + signal);
    EXPECT_TRUE(contains(program.errors(), signal == SIGINT ? "interrupted by SIGINT; "
                                                            : "interrupted by SIGTERM; "));
    EXPECT_TRUE(contains(program.errors(), "what was logged is in out/run.h5.part"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out" / "run.h5"));
    const store::Group root = store::File::open(part_).root();
    EXPECT_EQ(root.attribute<std::string>("status"), "interrupted");
    const auto first =
        root.dataset("trajectory/state").read<double>({{0, 0, 0, 0}, {18, 64, 1, 2}});
    for (const double value : first) EXPECT_TRUE(std::isfinite(value));
  }
}

TEST_F(Interrupt, a_second_run_of_one_output_is_refused) {
  const test::Program first(folder_.path(), long_run);
  wait_for_samples();
  const test::Program second(folder_.path(), long_run);
  EXPECT_EQ(second.wait(), 1);
  EXPECT_TRUE(contains(second.errors(), "out/run.h5.part: this file is open elsewhere"));
  ::kill(first.id(), SIGKILL);
  EXPECT_EQ(first.wait(), -SIGKILL);
}

}  // namespace
}  // namespace strang
