#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/attribute.h"
#include "core/store/handle.h"

namespace strang::store {

class FileState;  // one open HDF5 file, kept open by every object that came from it

// What groups and datasets have in common: a path inside a file, and attributes.
class Object {
 public:
  const std::string& path() const { return path_; }  // "/trajectory/state"
  std::string where() const;                         // "runs/a/run.h5: /trajectory/state"

  bool has_attribute(std::string_view name) const;
  std::vector<std::string> attribute_names() const;  // without those that make up named axes

  // The attribute as it is stored. Throws UsageError (with the nearest names) if there is none.
  Attribute attribute(std::string_view name) const;

  // The attribute as one of the types of Attribute. An integer is read as double, and a single
  // value as a vector of one or the reverse; everything else that differs throws UsageError.
  template <class T>
  T attribute(std::string_view name) const;

  // Writes or replaces. Strings become variable-length UTF-8, as h5py and netCDF4 write them. An
  // array of numbers must fit into 64 KiB (a limit of the file format): larger ones are datasets.
  void set_attribute(std::string_view name, const Attribute& value);

  // Booleans are uint8.
  template <std::same_as<bool> B>
  void set_attribute(std::string_view name, B value) {
    set_flag(name, value);
  }

 protected:
  Object(std::shared_ptr<FileState> file, Handle handle, std::string path);

  Id id() const { return handle_.get(); }
  const std::shared_ptr<FileState>& file() const { return file_; }

 private:
  void set_flag(std::string_view name, bool value);

  // The order matters: the object's own handle goes before the file's.
  std::shared_ptr<FileState> file_;
  Handle handle_;
  std::string path_;
};

}  // namespace strang::store
