#include "experiments/repeater.h"

#include <gtest/gtest.h>

#include <atomic>

#include "core/error.h"

namespace strang {
namespace {

using namespace std::chrono_literals;

void wait_until(const std::atomic<int>& count, int wanted) {
  for (int i = 0; i < 1000 && count < wanted; ++i) std::this_thread::sleep_for(1ms);
}

TEST(repeater, calls_until_it_is_destroyed) {
  std::atomic<int> calls = 0;
  {
    Repeater repeater(1ms, [&] { ++calls; });
    wait_until(calls, 3);
    repeater.check();
  }
  const int then = calls;
  EXPECT_GE(then, 3);
  std::this_thread::sleep_for(10ms);
  EXPECT_EQ(calls, then);
}

TEST(repeater, passes_a_failure_on_and_stops) {
  std::atomic<int> calls = 0;
  Repeater repeater(1ms, [&] {
    ++calls;
    throw Error("full");
  });
  wait_until(calls, 1);
  std::this_thread::sleep_for(20ms);
  EXPECT_THROW(repeater.check(), Error);
  EXPECT_EQ(calls, 1);
}

TEST(repeater, ends_at_once) {
  const auto start = std::chrono::steady_clock::now();
  {
    const Repeater repeater(1h, [] {});
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

}  // namespace
}  // namespace strang
