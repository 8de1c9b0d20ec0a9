#pragma once

#include <filesystem>
#include <memory>

#include "core/store/group.h"

namespace strang::store {

// An HDF5 file in the default format of HDF5 1.10. While a file is being written no other process
// can open it (HDF5's file lock). What a kill or a full disk leaves behind is the last flush:
// metadata reaches the disk in flushes only. The exception is a kill inside a flush that writes
// metadata, some microseconds for each new object. So create datasets first and flush; later
// flushes that follow writes of values alone change no metadata.
//
// The groups and datasets of a file keep it open; they end with `close`. One thread at a time.
class File {
 public:
  // For reading. Throws UsageError if there is no such file or it is not a readable HDF5 file
  // (truncated, corrupted), Error if another process is writing it.
  static File open(const std::filesystem::path& path);

  // A new file for reading and writing. Throws Error if something has that name already, or if the
  // folder cannot be written.
  static File create(const std::filesystem::path& path);

  const std::filesystem::path& path() const;
  Group root() const;

  void flush();  // hands everything to the operating system: survives a kill of the process
  void close();  // flushes, and closes every object of the file; throws Error where that fails

  int descriptor() const;  // of the operating system; valid until the file is closed

 private:
  explicit File(std::shared_ptr<FileState> state) : state_(std::move(state)) {}

  std::shared_ptr<FileState> state_;
};

}  // namespace strang::store
