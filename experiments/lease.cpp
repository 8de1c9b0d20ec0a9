#include "experiments/lease.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

#include "core/error.h"
#include "core/files/descriptor.h"

namespace strang {
namespace {

namespace fs = std::filesystem;

std::string first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// When a process started, in clock ticks since the boot; empty when there is no such process.
std::string start_of(std::int64_t process) {
  const std::string stat = first_line(fmt::format("/proc/{}/stat", process).c_str());
  const std::size_t name_end = stat.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) return "";
  std::istringstream fields(stat.substr(name_end + 1));
  std::string field;
  for (int i = 3; i <= 22 && fields >> field; ++i)
    if (i == 3 && field == "Z") return "";  // it has ended, and nobody has asked how
  return field;
}

std::string this_machine() {
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  std::error_code ignored;
  const std::string space = fs::read_symlink("/proc/self/ns/pid", ignored).string();
  return fmt::format("{}/{}/{}", host, first_line("/proc/sys/kernel/random/boot_id"), space);
}

struct Found {
  int generation = -1;  // of the lease that counts; -1: there is none
  std::vector<fs::path> files;
};

fs::path generation_file(const fs::path& path, int generation) {
  return fmt::format("{}.{}", path.string(), generation);
}

Found find(const fs::path& path) {
  Found found;
  const std::string prefix = path.filename().string() + ".";
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path.parent_path(), error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix)) continue;
    int generation = 0;
    const char* const end = name.data() + name.size();
    const auto [stop, problem] = std::from_chars(name.data() + prefix.size(), end, generation);
    if (problem != std::errc() || stop != end) continue;
    found.files.push_back(entry.path());
    found.generation = std::max(found.generation, generation);
  }
  return found;
}

std::optional<LeaseHolder> read_holder(const fs::path& file) {
  std::ifstream text(file);
  LeaseHolder holder;
  if (!(text >> holder.machine >> holder.process >> holder.start)) return std::nullopt;
  return holder;
}

double changed(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return -1;
  return static_cast<double>(status.st_mtim.tv_sec) + 1e-9 * status.st_mtim.tv_nsec;
}

// A file of this process beside the lease. Its time is "now" by the clock of the file system.
class OwnFile {
 public:
  explicit OwnFile(const fs::path& path)
      : file_(fmt::format("{}.new.{}.{}", path.string(), host_part(), ::getpid())) {
    std::error_code ignored;
    fs::create_directories(path.parent_path(), ignored);
    const LeaseHolder self = LeaseHolder::self();
    const std::string text = fmt::format("{} {} {}\n", self.machine, self.process, self.start);
    const files::Descriptor file(
        ::open(file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (file.get() < 0 || ::write(file.get(), text.data(), text.size()) != std::ssize(text))
      files::throw_errno(file_, "cannot be written");
  }
  OwnFile(const OwnFile&) = delete;
  OwnFile& operator=(const OwnFile&) = delete;
  ~OwnFile() { ::unlink(file_.c_str()); }

  double now() const { return changed(file_); }
  // False when the name is taken.
  bool link_to(const fs::path& name) const {
    if (::link(file_.c_str(), name.c_str()) == 0) return true;
    if (errno != EEXIST) files::throw_errno(name, "cannot be made");
    return false;
  }

 private:
  static std::string host_part() {
    char host[256] = {};
    gethostname(host, sizeof host - 1);
    return host;
  }
  fs::path file_;
};

bool is_alive(const fs::path& file, const LeaseHolder& holder, double now,
              const Lease::Patience& times) {
  static const std::string here = this_machine();
  if (holder.machine == here) return start_of(holder.process) == holder.start;
  return now - changed(file) < std::chrono::duration<double>(times.patience).count();
}

}  // namespace

LeaseHolder LeaseHolder::self() { return {this_machine(), ::getpid(), start_of(::getpid())}; }

Lease::Lease(fs::path file, bool taken_over, std::chrono::milliseconds beat)
    : file_(std::move(file)), taken_over_(taken_over), heart_(beat, [path = file_] {
        ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0);  // of a file that is gone: no matter
      }) {}

Lease::~Lease() {
  const auto holder = read_holder(file_);
  if (holder && *holder == LeaseHolder::self()) ::unlink(file_.c_str());
}

std::unique_ptr<Lease> Lease::take(const fs::path& path, const Patience& times) {
  const OwnFile own(path);
  for (int attempt = 0; attempt < 100; ++attempt) {
    const Found found = find(path);
    const bool free = found.generation < 0;
    const fs::path current = generation_file(path, found.generation);
    const fs::path next = generation_file(path, found.generation + 1);
    const auto holder = free ? std::nullopt : read_holder(current);
    if (!free && !holder) continue;  // it has just been given back
    if (holder && is_alive(current, *holder, own.now(), times)) return nullptr;
    if (!own.link_to(next)) continue;  // another one was faster: look who
    // Between the look and the link the lease may have been taken over, given back and taken again;
    // and a listing may miss a file that was made while it was read. A second look sees whatever
    // was there before the link; what comes later sees the link.
    const bool overtaken = find(path).generation > found.generation + 1;
    if (overtaken || (!free && read_holder(current) != holder)) {
      ::unlink(next.c_str());
      continue;
    }
    for (const fs::path& old : found.files) ::unlink(old.c_str());
    return std::unique_ptr<Lease>(new Lease(next, !free, times.beat));
  }
  return nullptr;
}

std::optional<LeaseHolder> Lease::holder(const fs::path& path, const Patience& times) {
  const Found found = find(path);
  if (found.generation < 0) return std::nullopt;
  const fs::path current = generation_file(path, found.generation);
  const auto holder = read_holder(current);
  const auto now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch());
  if (!holder || !is_alive(current, *holder, now.count(), times)) return std::nullopt;
  return holder;
}

}  // namespace strang
