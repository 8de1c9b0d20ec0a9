#include "core/terminal/interrupt.h"

#include <atomic>
#include <csignal>

namespace strang::terminal {
namespace {

// A signal handler can reach nothing but a global.
std::atomic<int> received = 0;
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void remember(int signal) { received = signal; }

}  // namespace

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) sigaction(signal, &action, nullptr);
  std::signal(SIGXFSZ, SIG_IGN);
}

void throw_if_interrupted() {
  const int signal = received;
  if (signal != 0)
    throw Interrupted(signal, fmt::format("interrupted by {}", signal == SIGINT    ? "SIGINT"
                                                               : signal == SIGTERM ? "SIGTERM"
                                                                                   : "SIGUSR1"));
}

}  // namespace strang::terminal
