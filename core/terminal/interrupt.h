#pragma once

#include <string>

#include "core/error.h"

namespace strang::terminal {

// The user, or a batch system, asked the process to end. `main` exits with 128 + signal.
class Interrupted : public Error {
 public:
  Interrupted(int signal, const std::string& message) : Error(message), signal_(signal) {}
  int signal() const { return signal_; }

 private:
  int signal_;
};

// From now on the first SIGINT, SIGTERM or SIGUSR1 (a batch system's warning) is remembered instead
// of ending the process; a second one ends it at once. A write beyond a limit on file sizes fails
// instead of ending the process. For `main` alone.
void catch_signals();

// Throws Interrupted("interrupted by SIGINT") after such a signal. Costs one load.
void throw_if_interrupted();

}  // namespace strang::terminal
