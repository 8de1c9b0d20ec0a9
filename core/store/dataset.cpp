#include "core/store/dataset.h"

#include <hdf5.h>

#include "core/error.h"
#include "core/store/scale.h"
#include "core/store/types.h"

namespace strang::store {
namespace {

Handle type_of(std::string_view where, Id dataset) {
  return {call(where, "cannot read the type", [&] { return H5Dget_type(dataset); }), H5Tclose};
}

Handle space_of(std::string_view where, Id dataset) {
  return {call(where, "cannot read the shape", [&] { return H5Dget_space(dataset); }), H5Sclose};
}

Handle packed_space(std::string_view where, std::int64_t elements) {
  const auto length = static_cast<hsize_t>(elements);
  const auto create = [&] { return H5Screate_simple(1, &length, nullptr); };
  return {call(where, "cannot describe the memory", create), H5Sclose};
}

Slab whole(const Shape& shape) { return {Shape(shape.size(), 0), shape}; }

void check_memory(const std::string& where, const Slab& slab, std::int64_t elements) {
  ensure(elements == element_count(slab.count), "{}: a block of {} has {} elements, the memory {}",
         where, shape_text(slab.count), element_count(slab.count), elements);
}

}  // namespace

Dataset::Dataset(std::shared_ptr<FileState> file, Handle handle, std::string path)
    : Object(std::move(file), std::move(handle), std::move(path)) {
  const Handle space = space_of(where(), id());
  const int rank = call(where(), "cannot read the shape",
                        [&] { return H5Sget_simple_extent_ndims(space.get()); });
  std::vector<hsize_t> lengths(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space.get(), lengths.data(), nullptr);
  shape_.assign(lengths.begin(), lengths.end());
  // Only what is stored as one piece has the size that its shape says; compressed and unwritten
  // datasets have less.
  if (H5Dget_offset(id()) != HADDR_UNDEF)
    check_fits(where(), id(), type_of(where(), id()).get(),
               H5Sget_simple_extent_npoints(space.get()));
}

std::string Dataset::type_name() const { return store::type_name(type_of(where(), id()).get()); }

std::string Dataset::description() const {
  return fmt::format("{} {}", type_name(), shape_text(shape_));
}

std::vector<std::string> Dataset::axes() const { return axis_names(id(), path(), shape_.size()); }

void Dataset::require_shape(const Shape& expected) const {
  bool same = expected.size() == shape_.size();
  for (std::size_t i = 0; same && i < expected.size(); ++i)
    same = expected[i] == -1 || expected[i] == shape_[i];
  if (same) return;
  std::vector<std::string> lengths;
  for (const std::int64_t length : expected)
    lengths.push_back(length == -1 ? "any" : std::to_string(length));
  throw UsageError(fmt::format("{}: found {}, expected shape [{}]", where(), description(),
                               fmt::join(lengths, ", ")));
}

Slab Dataset::rows(std::int64_t first, std::int64_t count) const {
  require(!shape_.empty(), "{}: a scalar has no rows", where());
  Slab slab = whole(shape_);
  slab.start[0] = first;
  slab.count[0] = count;
  return slab;
}

void Dataset::check(const Slab& slab) const {
  bool inside = slab.start.size() == shape_.size() && slab.count.size() == shape_.size();
  for (std::size_t i = 0; inside && i < shape_.size(); ++i)
    inside = slab.start[i] >= 0 && slab.count[i] >= 0 && slab.count[i] <= shape_[i] - slab.start[i];
  require(inside, "{}: the block of {} from {} is not inside its shape {}", where(),
          shape_text(slab.count), shape_text(slab.start), shape_text(shape_));
}

Handle Dataset::select(const Slab& slab) const {
  Handle space = space_of(where(), id());
  if (slab.count.empty()) return space;
  const std::vector<hsize_t> start(slab.start.begin(), slab.start.end());
  const std::vector<hsize_t> count(slab.count.begin(), slab.count.end());
  call(where(), "cannot select", [&] {
    return H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(),
                               nullptr);
  });
  return space;
}

void Dataset::read(View memory) const { read(whole(shape_), memory); }

void Dataset::read(const Slab& slab, View memory) const {
  check(slab);
  check_memory(where(), slab, memory.elements);
  const Handle type = type_of(where(), id());
  require(converts(type.get(), memory_type(memory.type)),
          "{}: found {}, which cannot be read as {}", where(), description(),
          element_name(memory.type));
  if (memory.elements == 0) return;
  const Handle file_space = select(slab);
  const Handle memory_space = packed_space(where(), memory.elements);
  call(where(), "cannot read", [&] {
    return H5Dread(id(), memory_type(memory.type), memory_space.get(), file_space.get(),
                   H5P_DEFAULT, memory.data);
  });
}

std::vector<std::string> Dataset::read_strings() const {
  const Handle type = type_of(where(), id());
  require(is_string(type.get()), "{}: found {}, expected strings", where(), description());
  const Handle space = space_of(where(), id());
  return store::read_strings(where(), type.get(), space.get(), [&](Id memory, void* data) {
    return H5Dread(id(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
  });
}

void Dataset::write(ConstView memory) { write(whole(shape_), memory); }

void Dataset::write(const Slab& slab, ConstView memory) {
  check(slab);
  check_memory(where(), slab, memory.elements);
  const Handle type = type_of(where(), id());
  ensure(converts(memory_type(memory.type), type.get()), "{}: {} cannot be written as {}", where(),
         element_name(memory.type), description());
  if (memory.elements == 0) return;
  const Handle file_space = select(slab);
  const Handle memory_space = packed_space(where(), memory.elements);
  call(where(), "cannot write", [&] {
    return H5Dwrite(id(), memory_type(memory.type), memory_space.get(), file_space.get(),
                    H5P_DEFAULT, memory.data);
  });
}

void Dataset::write_strings(const std::vector<std::string>& values) {
  if (values.empty()) return;
  const Handle type = string_type();
  call(where(), "cannot write", [&] {
    return H5Dwrite(id(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, c_strings(values).data());
  });
}

}  // namespace strang::store
