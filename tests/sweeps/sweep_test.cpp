// Sweeps of the program: shared folders, dead holders, failures, resuming.

#include <gtest/gtest.h>

#include <filesystem>

#include "core/error.h"
#include "experiments/lease.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"
#include "tests/support/program.h"
#include "tests/sweeps/sweep_files.h"

namespace strang {
namespace {

namespace fs = std::filesystem;
using test::contains;
using test::Program;

class Sweep : public testing::Test {
 protected:
  static std::vector<std::string> arguments(const std::string& output,
                                            const std::vector<std::string>& more) {
    std::vector<std::string> all = {"sweep",     "samples=64",         "microbatch=16",
                                    "threads=2", "log.sheet.images=0", "output=" + output};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  int sweep(const std::string& output, const std::vector<std::string>& more) {
    const Program program(folder_.path(), arguments(output, more));
    const int status = program.wait();
    errors_ = program.errors();
    return status;
  }
  int run(const std::vector<std::string>& words) {
    const Program program(folder_.path(), words);
    const int status = program.wait();
    errors_ = program.errors();
    return status;
  }
  // How many cells a process says that it ran.
  static int rows(const std::string& text) {
    int count = 0;
    for (std::size_t at = text.find(" steps="); at != std::string::npos;
         at = text.find(" steps=", at + 1))
      ++count;
    return count;
  }

  const test::TemporaryFolder folder_;
  std::string errors_;
};

const std::vector<std::string> twelve = {"reference.steps=48", "integrator=euler,heun,ddim",
                                         "steps=3,4,5,6"};

TEST_F(Sweep, two_processes_run_every_cell_once) {
  ASSERT_EQ(sweep("alone", twelve), 0) << errors_;
  EXPECT_EQ(rows(errors_), 12);
  fs::create_directory(folder_ / "a");
  fs::create_directory(folder_ / "b");
  const std::string output = (folder_ / "shared").string();
  const Program a(folder_ / "a", arguments(output, twelve));
  const Program b(folder_ / "b", arguments(output, twelve));
  EXPECT_EQ(a.wait(), 0) << a.errors();
  EXPECT_EQ(b.wait(), 0) << b.errors();
  EXPECT_EQ(rows(a.errors()) + rows(b.errors()), 12);
  EXPECT_EQ(test::sweep_numbers(folder_ / "alone", 12), test::sweep_numbers(output, 12));
  EXPECT_TRUE(test::leftovers(output).empty()) << test::leftovers(output)[0];
  EXPECT_EQ(std::distance(fs::directory_iterator(output + "/references"), {}), 1);
}

TEST_F(Sweep, what_is_done_is_not_run_again) {
  ASSERT_EQ(sweep("out", twelve), 0) << errors_;
  const auto before = fs::last_write_time(folder_ / "out" / "003" / "run.h5");
  fs::remove(folder_ / "out" / "007" / "run.h5");
  ASSERT_EQ(run({"run", "--resume", "out"}), 0) << errors_;
  EXPECT_EQ(rows(errors_), 1);
  EXPECT_EQ(fs::last_write_time(folder_ / "out" / "003" / "run.h5"), before);
  EXPECT_EQ(sweep("out", {"reference.steps=48", "integrator=euler,heun,ddim", "steps=3,4,5,7"}), 2);
  EXPECT_TRUE(contains(errors_,
                       "there is another sweep: cell 3 is 'integrator=euler steps=6' "
                       "there and 'integrator=euler steps=7' here"));
  EXPECT_EQ(run({"run", "--resume", "nowhere"}), 2);
  EXPECT_TRUE(contains(errors_, "there is no sweep in this folder"));
}

TEST_F(Sweep, a_dead_holders_cell_is_taken_over) {
  ASSERT_EQ(sweep("out", twelve), 0) << errors_;
  fs::remove(folder_ / "out" / "002" / "run.h5");
  fs::create_directory(folder_ / "out" / "leases");
  const Program dead(folder_.path(), {"list"});
  dead.wait();
  test::write_text(folder_ / "out" / "leases" / "002.0",
                   fmt::format("{} {} 1\n", LeaseHolder::self().machine, dead.id()));
  test::write_text(folder_ / "out" / "002" / "run.h5.part", "half");
  ASSERT_EQ(run({"run", "--resume", "out"}), 0) << errors_;
  EXPECT_EQ(rows(errors_), 1);
  EXPECT_TRUE(test::leftovers(folder_ / "out").empty());
}

TEST_F(Sweep, a_failing_cell_does_not_stop_the_others) {
  const std::vector<std::string> cells = {"integrator=euler",   "reference=null",
                                          "dtype=float32",      "model=gaussian",
                                          "model.covariance=1", "model.mean=[0,0],[1e39,0],[1,1]"};
  EXPECT_EQ(sweep("out", cells), 1);
  EXPECT_TRUE(contains(errors_, "non-finite state after"));
  EXPECT_TRUE(fs::exists(folder_ / "out" / "000" / "run.h5"));
  EXPECT_FALSE(fs::exists(folder_ / "out" / "001" / "run.h5"));
  EXPECT_TRUE(fs::exists(folder_ / "out" / "002" / "run.h5"));
  EXPECT_TRUE(contains(test::read_text(folder_ / "out" / "001" / "failed.yaml"), "non-finite"));
  EXPECT_EQ(run({"run", "--resume", "out"}), 1) << "it is not tried again";
  EXPECT_EQ(errors_, "");
  EXPECT_EQ(run({"sweep", "status", "out"}), 1);
  EXPECT_EQ(run({"sweep", "retry", "out"}), 1);
  EXPECT_TRUE(contains(errors_, "non-finite state after")) << "but with retry it is";
}

TEST_F(Sweep, a_dry_run_writes_nothing) {
  EXPECT_EQ(sweep("out", {"--dry-run", "steps=3,4"}), 0) << errors_;
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

}  // namespace
}  // namespace strang
