#pragma once

#include <cstring>

#include "core/tensor.h"
#include "tests/bench/stopwatch.h"

namespace strang::bench {

// What it takes to copy an array of the size of a state: with memcpy on one thread, and with
// LibTorch's copy on as many threads as it takes. A copy of n bytes moves 2 n.
class CopyRate {
 public:
  explicit CopyRate(const at::Tensor& state)
      : from_(at::ones_like(state)), to_(at::ones_like(state)) {}

  void measure() {
    // Threads of a busy machine are hard to get at once: the quiet measurement is taken more often.
    for (int i = 0; i < 4; ++i)
      one_thread_(
          [&] { std::memcpy(to_.mutable_data_ptr(), from_.const_data_ptr(), from_.nbytes()); });
    all_threads_([&] { to_.copy_(from_); });
  }

  // The time in which `arrays` arrays of this size are read or written at the rate of the copy.
  double bound_one_thread(double arrays) const { return arrays / 2 * one_thread_.value(); }
  double bound_all_threads(double arrays) const { return arrays / 2 * all_threads_.value(); }

 private:
  at::Tensor from_, to_;
  Fastest one_thread_, all_threads_;
};

}  // namespace strang::bench
