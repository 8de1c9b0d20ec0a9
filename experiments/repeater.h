#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace strang {

// Calls a function again and again from a thread of its own, until it is destroyed or the function
// throws.
class Repeater {
 public:
  Repeater(std::chrono::milliseconds interval, std::function<void()> function);
  Repeater(const Repeater&) = delete;
  Repeater& operator=(const Repeater&) = delete;
  ~Repeater() = default;  // waits for a call that is going on

  // Throws what the function threw.
  void check();

 private:
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace strang
