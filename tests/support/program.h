#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/files/temporary_folder.h"

namespace strang::test {

// Becomes the program, in `folder`; for a child process. Files may get `limit_kib` KiB large where
// that is positive.
[[noreturn]] inline void become_program(const std::filesystem::path& folder,
                                        std::vector<std::string> arguments,
                                        std::int64_t limit_kib = 0) {
  if (::chdir(folder.c_str()) != 0) ::_exit(99);
  if (limit_kib > 0) {
    const rlimit limit{static_cast<rlim_t>(limit_kib) * 1024, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  std::vector<char*> argv = {const_cast<char*>("strang")};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  ::execv(STRANG_PROGRAM, argv.data());
  ::_exit(98);
}

// The program in a process of its own, with its errors in `<folder>/errors.log`.
class Program {
 public:
  Program(std::filesystem::path folder, const std::vector<std::string>& arguments,
          std::int64_t limit_kib = 0)
      : log_(folder / "errors.log") {
    child_ = ::fork();
    if (child_ != 0) return;
    const int log = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    const int nothing = ::open("/dev/null", O_WRONLY);
    ::dup2(log, STDERR_FILENO);
    ::dup2(nothing, STDOUT_FILENO);
    become_program(folder, arguments, limit_kib);
  }

  pid_t id() const { return child_; }
  // Waits for the end; the exit status, or minus the signal that ended it.
  int wait() const {
    int status = 0;
    ::waitpid(child_, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }
  std::string errors() const { return read_text(log_); }

 private:
  std::filesystem::path log_;
  pid_t child_ = 0;
};

}  // namespace strang::test
