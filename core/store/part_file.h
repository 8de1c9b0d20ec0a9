#pragma once

#include <filesystem>

#include "core/store/file.h"

namespace strang::store {

// An HDF5 file that appears under its final name only when it is complete.
//
// It is written as `<path>.part`. Without `commit` (an exception, a kill) the .part stays and opens
// with everything up to the last flush; the next PartFile of that path replaces it. Two processes
// never write one path: the second is refused.
class PartFile {
 public:
  struct Options {
    bool overwrite = false;  // whether `commit` may replace an existing final file
  };

  // Throws UsageError if `path` exists and is not to be overwritten or if its folder does not
  // exist; Error if another process is writing the path or the folder cannot be written.
  explicit PartFile(std::filesystem::path path, const Options& options);
  explicit PartFile(std::filesystem::path path) : PartFile(std::move(path), Options{}) {}
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile();  // keeps the .part file unless committed; never throws

  File& file() { return file_; }
  const std::filesystem::path& part_path() const { return file_.path(); }

  // Flushes, closes, and gives the file its final name, all of it durable. Nothing that came from
  // file() may be used afterwards. Throws Error and keeps the .part file where that fails.
  void commit();

 private:
  std::filesystem::path path_;
  File file_;
};

}  // namespace strang::store
