#pragma once

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "core/error.h"

namespace strang::files {

// Why a system call failed, with what to do about it where that is known:
// "No space left on device: make room, or write to another folder".
inline std::string reason_of(int error) {
  const std::string reason = std::generic_category().message(error);
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return full ? reason + ": make room, or write to another folder" : reason;
}

// Throws Error("<path>: <what> (<the reason in errno>)"), right after the system call that failed.
[[noreturn]] inline void throw_errno(const std::filesystem::path& path, std::string_view what) {
  throw Error(fmt::format("{}: {} ({})", path.string(), what, reason_of(errno)));
}

// Owns a file descriptor of the operating system; -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace strang::files
