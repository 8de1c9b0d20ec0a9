// The bits of a sweep do not depend on its launcher: one process, several, a Slurm job array.

#include "experiments/sweep/launcher.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>

#include "core/error.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"
#include "tests/support/program.h"
#include "tests/sweeps/sweep_files.h"

namespace strang {
namespace {

namespace fs = std::filesystem;
using test::contains;
using test::Program;

const std::vector<std::string> cells = {"samples=40000",
                                        "microbatch=500",
                                        "threads=1",
                                        "reference.steps=80",
                                        "integrator=euler,heun,ddim",
                                        "steps=40,50,60,70"};

std::vector<std::string> sweep(const std::string& output, const std::vector<std::string>& more) {
  std::vector<std::string> words = {"sweep", "output=" + output};
  words.insert(words.end(), cells.begin(), cells.end());
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(launcher, several_processes_give_the_bits_of_one) {
  const test::TemporaryFolder folder;
  const Program one(folder.path(), sweep("one", {"samples=2000"}));
  ASSERT_EQ(one.wait(), 0) << one.errors();
  const Program three(folder.path(), sweep("three", {"samples=2000", "launcher.processes=3"}));
  ASSERT_EQ(three.wait(), 0) << three.errors();
  EXPECT_EQ(test::sweep_numbers(folder / "one", 12), test::sweep_numbers(folder / "three", 12));
  EXPECT_TRUE(test::leftovers(folder / "three").empty());
}

TEST(launcher, slurm_script_has_the_options_and_requeues) {
  LauncherOptions options;
  options.name = "slurm";
  options.processes = 8;
  options.array_parallelism = 2;
  options.mem_gb = 4;
  options.partition = "short";
  options.setup = {"module load x"};
  const std::string script = slurm_script(options, SweepFolder("/a/it's"), "", 3);
  for (const char* part :
       {"#!/bin/bash\n#SBATCH", "--array=0-2%2\n", "--signal=B:USR1@90\n", "--requeue\n",
        "--mem=4G\n", "--partition=short\n", "\nmodule load x\n", "--resume '/a/it'\\''s' &\n",
        "trap 'kill -USR1 $worker' USR1 TERM", "status == 75", "scontrol requeue"})
    EXPECT_TRUE(contains(script, part));
  EXPECT_EQ(script.find("--account"), std::string::npos);
}

TEST(launcher_slow, slurm_array_with_requeued_tasks_gives_the_bits_of_one_process) {
  const test::TemporaryFolder folder;
  fs::create_directory(folder / "work");
  const std::string here = STRANG_SOURCE_DIR "/tests/sweeps/";
  std::string command = here + "slurm.sh " + (folder / "slurm").string() + " " + here +
                        "slurm_steps.sh " STRANG_PROGRAM " " + (folder / "work").string();
  for (const std::string& word : cells) command += " " + word;
  command += " >" + (folder / "log").string() + " 2>&1";
  const int ended = std::system(command.c_str());
  const int status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
  const std::string log = test::read_text(folder / "log");
  if (status == 77) GTEST_SKIP() << log;
  ASSERT_EQ(status, 0) << log << test::read_text(folder / "work" / "status.txt");
  const Program one(folder / "work", sweep("one", {}));
  ASSERT_EQ(one.wait(), 0) << one.errors();
  EXPECT_EQ(test::sweep_numbers(folder / "work" / "one", 12),
            test::sweep_numbers(folder / "work" / "array", 12));
  int interrupted = 0;
  for (const auto& entry : fs::directory_iterator(folder / "work" / "array" / "slurm")) {
    const std::string text = test::read_text(entry.path());
    std::printf("%s\n%s\n", entry.path().filename().c_str(), text.c_str());
    if (entry.path().extension() == ".log" &&
        text.find("interrupted by SIGUSR1") != std::string::npos)
      ++interrupted;
  }
  EXPECT_EQ(interrupted, 2) << "one by a signal, one by requeueing";
}

}  // namespace
}  // namespace strang
