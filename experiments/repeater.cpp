#include "experiments/repeater.h"

#include <utility>

namespace strang {

Repeater::Repeater(std::chrono::milliseconds interval, std::function<void()> function)
    : thread_([this, interval, function = std::move(function)](const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (!wake_.wait_for(lock, stop, interval, [&] { return stop.stop_requested(); })) {
          lock.unlock();
          std::exception_ptr failure;
          try {
            function();
          } catch (...) {
            failure = std::current_exception();
          }
          lock.lock();
          failure_ = failure;
          if (failure_) return;
        }
      }) {}

void Repeater::check() {
  const std::lock_guard lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace strang
