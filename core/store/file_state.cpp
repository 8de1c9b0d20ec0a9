#include "core/store/file_state.h"

#include <fcntl.h>
#include <hdf5.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/error.h"
#include "core/files/descriptor.h"

namespace strang::store {

FileState::~FileState() {
  if (id_ < 0) return;
  try {
    close();
  } catch (const Error&) {
    // What could not be written has been reported, or is lost together with the failing run.
  }
}

int FileState::descriptor() const {
  void* descriptor = nullptr;
  call(path_.string(), "no file descriptor",
       [&] { return H5Fget_vfd_handle(id_, H5P_DEFAULT, &descriptor); });
  return *static_cast<int*>(descriptor);
}

std::int64_t FileState::size() const {
  hsize_t bytes = 0;
  call(path_.string(), "unknown size", [&] { return H5Fget_filesize(id_, &bytes); });
  return static_cast<std::int64_t>(bytes);
}

void FileState::reserve() {
  const std::int64_t wanted = size();
  if (wanted <= reserved_) return;
  const int status = ::fallocate(descriptor(), 0, reserved_, wanted - reserved_);
  // File systems that cannot reserve (EOPNOTSUPP) leave the risk.
  if (status != 0 && errno != EOPNOTSUPP) files::throw_errno(path_, "cannot write");
  reserved_ = wanted;
}

// HDF5 allocates metadata in larger pieces than it needs and gives the rest back in a flush.
void FileState::trim() {
  if (size() >= reserved_) return;
  reserved_ = size();
  if (::ftruncate(descriptor(), reserved_) != 0) files::throw_errno(path_, "cannot be trimmed");
}

void FileState::flush() {
  reserve();
  silence_hdf5();
  if (H5Fflush(id_, H5F_SCOPE_GLOBAL) >= 0) return trim();
  const std::string reason = hdf5_message();
  abandon();
  throw Error(fmt::format("{}: cannot write ({})", path_.string(), reason));
}

void FileState::close() {
  try {
    if (access_ == Access::write) flush();
  } catch (const Error&) {
    abandon();
    throw;
  }
  const Id id = std::exchange(id_, -1);
  call(path_.string(), "cannot finish writing", [&] { return H5Fclose(id); });
}

void FileState::abandon() {
  if (id_ < 0) return;
  // The descriptor stays open, so that HDF5, which still lists the file, never takes a new file
  // with a recycled inode for this one. The lock is given up: the path may be written again.
  ::flock(descriptor(), LOCK_UN);
  id_ = -1;
}

}  // namespace strang::store
