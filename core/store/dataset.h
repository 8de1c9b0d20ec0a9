#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/store/array.h"
#include "core/store/object.h"

namespace strang::store {

// One dataset: an array of numbers or of strings, of fixed shape.
//
// Reads convert what is stored (any integer, boolean or float, of any width and byte order) to the
// type of the memory, and writes convert the other way. What would lose more than rounding is
// refused: floats as integers, integers as narrower ones, strings as numbers. Errors name the file,
// the dataset, what was found and what is allowed.
class Dataset : public Object {
 public:
  const Shape& shape() const { return shape_; }
  std::int64_t size() const { return element_count(shape_); }
  std::string type_name() const;          // "float64", "int16", "bool", "string", ...
  std::vector<std::string> axes() const;  // the name of each axis; empty where it has none
  std::string description() const;        // "float64 [19, 16, 2]"

  // Throws UsageError unless the shape is `expected`, where -1 stands for any length.
  void require_shape(const Shape& expected) const;

  // The rows [first, first + count) along axis 0.
  Slab rows(std::int64_t first, std::int64_t count) const;

  // The whole dataset, or a block of it. The memory holds exactly as many elements as are read.
  void read(View memory) const;
  void read(const Slab& slab, View memory) const;
  template <Element T>
  std::vector<T> read() const {
    std::vector<T> values(static_cast<std::size_t>(size()));
    read(values);
    return values;
  }
  template <Element T>
  std::vector<T> read(const Slab& slab) const {
    check(slab);
    std::vector<T> values(static_cast<std::size_t>(element_count(slab.count)));
    read(slab, values);
    return values;
  }
  std::vector<std::string> read_strings() const;  // row-major

  // The whole dataset, or a block of it; blocks may come in any order. Throws Error when the file
  // cannot be written (a full disk).
  void write(ConstView memory);
  void write(const Slab& slab, ConstView memory);

 private:
  friend class Group;
  Dataset(std::shared_ptr<FileState> file, Handle handle, std::string path);

  void check(const Slab& slab) const;
  Handle select(const Slab& slab) const;
  void write_strings(const std::vector<std::string>& values);

  Shape shape_;
};

}  // namespace strang::store
