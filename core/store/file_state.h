#pragma once

#include <cstdint>
#include <filesystem>

#include "core/store/handle.h"

namespace strang::store {

// One open HDF5 file. The last of the objects that share it closes it.
//
// HDF5 1.10 does not survive a disk that fills up while it writes metadata: the file is left half
// rewritten, and closing it crashes. So space is reserved before metadata is written, and a file
// for which there is none is not written again, nor closed: it stays as the last flush left it.
class FileState {
 public:
  enum class Access { read, write };

  FileState(std::filesystem::path path, Id id, Access access)
      : path_(std::move(path)), id_(id), access_(access) {}
  FileState(const FileState&) = delete;
  FileState& operator=(const FileState&) = delete;
  ~FileState();  // flushes what there is space for; never throws

  const std::filesystem::path& path() const { return path_; }
  Id id() const { return id_; }
  int descriptor() const;

  void flush();
  void close();

 private:
  std::int64_t size() const;  // of the file as HDF5 means it, in bytes
  void reserve();
  void trim();
  void abandon();

  const std::filesystem::path path_;
  Id id_;
  const Access access_;
  std::int64_t reserved_ = 0;  // bytes from the start of the file that the disk has for sure
};

}  // namespace strang::store
