#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "experiments/repeater.h"

namespace strang {

// Who holds a lease. A process is named by its machine (host name, boot and process namespace),
// its number and its start: a later process with the same number is another one.
struct LeaseHolder {
  std::string machine;
  std::int64_t process = 0;
  std::string start;

  static LeaseHolder self();
  bool operator==(const LeaseHolder&) const = default;
};

// The right to do a piece of work that several processes, on several machines, share through a
// folder. It is a file `<path>.<generation>`, made at once with its content by link(2), of which
// the highest generation counts. A living holder touches it every `beat`. A holder is dead when its
// process is gone, which only its own machine can see, or, seen from another machine, when its file
// has not been touched for `patience`, by the clock of the file system. To take over means to make
// the next generation, which only one process can do.
//
// A holder whose machine slept may wake up when another one has taken over: so work under a lease
// must give the same result twice and end in an atomic rename; and after taking a lease, look again
// whether the work is done.
class Lease {
 public:
  struct Patience {
    std::chrono::milliseconds beat{5000};
    std::chrono::milliseconds patience{60000};
  };

  // Null when a living process holds it. Throws Error when the folder cannot be written.
  static std::unique_ptr<Lease> take(const std::filesystem::path& path, const Patience& times);
  static std::unique_ptr<Lease> take(const std::filesystem::path& path) { return take(path, {}); }
  // The living holder, if there is one.
  static std::optional<LeaseHolder> holder(const std::filesystem::path& path,
                                           const Patience& times);
  static std::optional<LeaseHolder> holder(const std::filesystem::path& path) {
    return holder(path, {});
  }

  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease();  // gives it back

  // Whether this process took it over from a dead one.
  bool taken_over() const { return taken_over_; }

 private:
  Lease(std::filesystem::path file, bool taken_over, std::chrono::milliseconds beat);

  std::filesystem::path file_;
  bool taken_over_;
  Repeater heart_;
};

}  // namespace strang
