#include "experiments/lease.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "tests/files/temporary_folder.h"

namespace strang {
namespace {

using namespace std::chrono_literals;

std::size_t count_files(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

// A process that takes the lease and sleeps.
pid_t hold(const std::filesystem::path& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lease = Lease::take(path);
    std::this_thread::sleep_for(30s);
    ::_exit(0);
  }
  while (!Lease::holder(path)) std::this_thread::sleep_for(2ms);
  return child;
}

void kill_and_wait(pid_t child) {
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST(lease, has_one_holder_and_is_given_back) {
  const test::TemporaryFolder folder;
  const auto path = folder / "work";
  auto first = Lease::take(path);
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->taken_over());
  EXPECT_FALSE(Lease::take(path));
  EXPECT_EQ(Lease::holder(path)->process, ::getpid());
  first.reset();
  EXPECT_FALSE(Lease::holder(path));
  EXPECT_TRUE(Lease::take(path));
  EXPECT_EQ(count_files(folder.path()), 0U);
}

TEST(lease, of_a_killed_process_is_taken_over_at_once) {
  const test::TemporaryFolder folder;
  const auto path = folder / "work";
  const pid_t child = hold(path);
  EXPECT_FALSE(Lease::take(path));
  kill_and_wait(child);
  const auto lease = Lease::take(path);
  ASSERT_TRUE(lease);
  EXPECT_TRUE(lease->taken_over());
}

TEST(lease, of_another_machine_is_taken_over_when_its_heart_stops) {
  const test::TemporaryFolder folder;
  const auto path = folder / "work";
  test::write_text(path.string() + ".4", "elsewhere/boot/space 1 1\n");
  const Lease::Patience times{50ms, 400ms};
  EXPECT_FALSE(Lease::take(path, {50ms, 1h}));
  std::this_thread::sleep_for(600ms);
  auto lease = Lease::take(path, times);
  ASSERT_TRUE(lease);
  EXPECT_TRUE(lease->taken_over());
  // A living holder's heart beats, so that it does not grow old.
  const auto file = folder / "work.5";
  const auto before = std::filesystem::last_write_time(file);
  for (int i = 0; i < 500 && std::filesystem::last_write_time(file) == before; ++i)
    std::this_thread::sleep_for(20ms);
  EXPECT_GT(std::filesystem::last_write_time(file), before);
}

// Many processes, a counter that only the holder may change, and deaths in between.
TEST(lease, excludes_processes_that_die) {
  const test::TemporaryFolder folder;
  const auto path = folder / "work", inside = folder / "inside", shared = folder / "overlaps";
  std::vector<pid_t> children;
  for (int i = 0; i < 6; ++i) {
    const pid_t child = ::fork();
    if (child != 0) {
      children.push_back(child);
      continue;
    }
    for (int round = 0; round < 40;) {
      auto lease = Lease::take(path);
      if (!lease) continue;
      if (!lease->taken_over() && std::filesystem::exists(inside)) test::write_text(shared, "x");
      test::write_text(inside, "x");
      if (i < 3 && round == 10 + i) ::_exit(1);  // dies with the lease
      std::filesystem::remove(inside);
      ++round;
    }
    ::_exit(0);
  }
  for (const pid_t child : children) ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(std::filesystem::exists(shared));
  EXPECT_TRUE(Lease::take(path));
}

}  // namespace
}  // namespace strang
