#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <limits>

namespace strang::bench {

template <class F>
double seconds(F f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  benchmark::ClobberMemory();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The fastest of the times so far. On a shared machine the minimum is what repeats.
class Fastest {
 public:
  template <class F>
  double operator()(F f) {
    const double time = seconds(f);
    best_ = std::min(best_, time);
    return time;
  }
  double value() const { return best_; }

 private:
  double best_ = std::numeric_limits<double>::infinity();
};

}  // namespace strang::bench
