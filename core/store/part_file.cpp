#include "core/store/part_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/error.h"
#include "core/files/descriptor.h"
#include "core/files/durable.h"

namespace strang::store {
namespace {

using files::Descriptor;

bool lock(int descriptor) { return ::flock(descriptor, LOCK_EX | LOCK_NB) == 0; }

// Whether the path still names the file behind the descriptor.
bool names(const std::filesystem::path& path, int descriptor) {
  struct stat by_path {};
  struct stat by_descriptor {};
  return ::stat(path.c_str(), &by_path) == 0 && ::fstat(descriptor, &by_descriptor) == 0 &&
         by_path.st_ino == by_descriptor.st_ino && by_path.st_dev == by_descriptor.st_dev;
}

// Removes what a killed run left. HDF5 would truncate the file before it looks at the lock, so a
// file that another process is writing must not come that far.
void remove_stale(const std::filesystem::path& part) {
  const Descriptor stale(::open(part.c_str(), O_RDWR | O_CLOEXEC));
  if (stale.get() < 0 && errno == ENOENT) return;
  if (stale.get() < 0) files::throw_errno(part, "cannot be written");
  ensure(lock(stale.get()) && names(part, stale.get()),
         "{}: this file is open elsewhere; another run may be writing it", part.string());
  if (::unlink(part.c_str()) != 0) files::throw_errno(part, "cannot be replaced");
}

File create_part(const std::filesystem::path& path, const PartFile::Options& options) {
  require(options.overwrite || !std::filesystem::exists(path),
          "{}: exists already; choose another output or allow it to be overwritten", path.string());
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  require(std::filesystem::is_directory(folder), "{}: no such folder for {}", folder.string(),
          path.filename().string());
  const std::filesystem::path part = path.string() + ".part";
  remove_stale(part);
  return File::create(part);
}

}  // namespace

PartFile::PartFile(std::filesystem::path path, const Options& options)
    : path_(std::move(path)), file_(create_part(path_, options)) {
  file_.flush();  // from here on the .part file opens
}

PartFile::~PartFile() = default;

void PartFile::commit() {
  const std::filesystem::path part = part_path();
  // A duplicate shares HDF5's lock and keeps it after HDF5 has closed the file, until the file has
  // its final name: no other process can take the .part for a stale one in between.
  const Descriptor held(::fcntl(file_.descriptor(), F_DUPFD_CLOEXEC, 0));
  file_.flush();
  file_.close();
  ensure(held.get() >= 0 && lock(held.get()) && names(part, held.get()),
         "{}: another process has replaced this file", part.string());
  files::sync(held.get(), part);
  files::rename_durably(part, path_);
}

}  // namespace strang::store
