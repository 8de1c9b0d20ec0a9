#include "experiments/sweep/launcher.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "core/error.h"

namespace strang {

LocalWorkers::LocalWorkers(const SweepFolder& folder, const std::string& reference_cache,
                           std::int64_t count) {
  std::vector<std::string> words = {"strang", "run", "--worker", "--resume",
                                    folder.path().string()};
  if (!reference_cache.empty()) words.insert(words.end(), {"--reference-cache", reference_cache});
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  for (std::int64_t i = 0; i < count; ++i) {
    const pid_t child = ::fork();
    ensure(child >= 0, "a process for the sweep cannot be started");
    if (child == 0) {
      ::execv("/proc/self/exe", argv.data());
      ::_exit(127);
    }
    processes_.push_back(child);
  }
}

LocalWorkers::~LocalWorkers() {
  for (const pid_t process : processes_) ::kill(process, SIGTERM);
  wait();
}

void LocalWorkers::wait() {
  for (const pid_t process : processes_)
    while (::waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
    }
  processes_.clear();
}

}  // namespace strang
