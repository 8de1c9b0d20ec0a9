#include "core/store/group.h"

#include <hdf5.h>

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "core/store/file_state.h"
#include "core/store/lookup.h"
#include "core/store/scale.h"
#include "core/store/types.h"

namespace strang::store {
namespace {

// Object times are off: equal runs give equal files.
Handle creation_properties(const std::string& where, Id kind) {
  Handle properties(call(where, "cannot create", [&] { return H5Pcreate(kind); }), H5Pclose);
  H5Pset_obj_track_times(properties.get(), false);
  return properties;
}

// Space is taken at once, and filled so that what was never written cannot pass for a result.
Handle reserved_properties(const std::string& where, ElementType type) {
  Handle properties = creation_properties(where, H5P_DATASET_CREATE);
  H5Pset_alloc_time(properties.get(), H5D_ALLOC_TIME_EARLY);
  if (type == ElementType::float32 || type == ElementType::float64) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    H5Pset_fill_value(properties.get(), H5T_NATIVE_DOUBLE, &nan);
  }
  return properties;
}

// For values that follow at once: what is overwritten need not be filled.
Handle filled_at_once(const std::string& where, ElementType type) {
  Handle properties = reserved_properties(where, type);
  H5Pset_fill_time(properties.get(), H5D_FILL_TIME_NEVER);
  return properties;
}

Handle make_space(const std::string& where, const std::vector<Axis>& axes) {
  std::vector<hsize_t> lengths;
  lengths.reserve(axes.size());
  for (const Axis& axis : axes) lengths.push_back(static_cast<hsize_t>(axis.length));
  const auto create = [&] {
    return lengths.empty()
               ? H5Screate(H5S_SCALAR)
               : H5Screate_simple(static_cast<int>(lengths.size()), lengths.data(), nullptr);
  };
  return {call(where, "cannot describe the shape", create), H5Sclose};
}

void check_axes(const std::string& where, std::string_view name, const std::vector<Axis>& axes) {
  for (auto axis = axes.begin(); axis != axes.end(); ++axis) {
    const auto same = [&](const Axis& other) { return other.name == axis->name; };
    ensure(std::none_of(axes.begin(), axis, same), "{}: axis name '{}' is used twice", where,
           axis->name);
    ensure(axis->name != name, "{}: a dataset cannot have the name of its axis: add_axis", where);
    ensure(axis->length >= 0, "{}: axis '{}' has length {}", where, axis->name, axis->length);
  }
}

}  // namespace

Group::Group(std::shared_ptr<FileState> file, Handle handle, std::string path)
    : Object(std::move(file), std::move(handle), std::move(path)) {}

std::string Group::resolve(std::string_view relative) const {
  if (relative.starts_with('/')) return std::string(relative);
  return (path() == "/" ? "/" : path() + "/") + std::string(relative);
}

Group Group::group(std::string_view path) const {
  const std::string full = resolve(path);
  return {file(), open_existing(file()->path().string(), id(), full, Kind::group), full};
}

Dataset Group::dataset(std::string_view path) const {
  const std::string full = resolve(path);
  return {file(), open_existing(file()->path().string(), id(), full, Kind::dataset), full};
}

bool Group::has(std::string_view path) const { return exists(id(), resolve(path)); }

std::vector<std::string> Group::group_names() const { return names_in(where(), id(), Kind::group); }

std::vector<std::string> Group::dataset_names() const {
  return names_in(where(), id(), Kind::dataset);
}

std::string Group::new_path(std::string_view name) const {
  ensure(!name.empty() && name.find('/') == std::string_view::npos,
         "{}: a name has one part, found '{}'", where(), name);
  ensure(!has(name), "{}: '{}' is there already", where(), name);
  return resolve(name);
}

Group Group::create_group(std::string_view name) {
  const std::string full = new_path(name);
  const Handle properties = creation_properties(where(), H5P_GROUP_CREATE);
  const auto create = [&] {
    return H5Gcreate2(id(), full.c_str(), H5P_DEFAULT, properties.get(), H5P_DEFAULT);
  };
  return {file(),
          Handle(call(where(), fmt::format("cannot create group '{}'", name), create), H5Gclose),
          full};
}

void Group::add_axis(const Axis& axis) {
  new_path(axis.name);
  create_plain_scale(where(), id(), axis.name, axis.length);
}

Dataset Group::add_axis(std::string_view name, ConstView coordinate) {
  const Handle properties = filled_at_once(where(), coordinate.type);
  Dataset scale = create_bare(name, stored_type(coordinate.type),
                              {{std::string("its own"), coordinate.elements}}, properties.get());
  make_scale(where(), scale.id(), std::string(name));
  scale.write(coordinate);
  return scale;
}

Dataset Group::create_bare(std::string_view name, Id type, const std::vector<Axis>& axes,
                           Id properties) {
  const std::string full = new_path(name);
  const Handle space = make_space(where(), axes);
  const auto create = [&] {
    return H5Dcreate2(id(), full.c_str(), type, space.get(), H5P_DEFAULT, properties, H5P_DEFAULT);
  };
  Handle handle(call(where(), fmt::format("cannot create dataset '{}'", name), create), H5Dclose);
  return {file(), std::move(handle), full};
}

Dataset Group::create_with_axes(std::string_view name, Id type, const std::vector<Axis>& axes,
                                Id properties) {
  check_axes(fmt::format("{}: dataset '{}'", where(), name), name, axes);
  // The scales come first: an axis of the wrong length leaves no half-made dataset.
  std::vector<Handle> scales;
  scales.reserve(axes.size());
  for (const Axis& axis : axes)
    scales.push_back(has(axis.name) ? open_scale(where(), id(), axis.name, axis.length)
                                    : create_plain_scale(where(), id(), axis.name, axis.length));
  Dataset dataset = create_bare(name, type, axes, properties);
  for (unsigned i = 0; i < axes.size(); ++i)
    attach_scale(dataset.where(), dataset.id(), scales[i].get(), i);
  return dataset;
}

Dataset Group::create(std::string_view name, ElementType type, const std::vector<Axis>& axes) {
  const Handle properties = reserved_properties(where(), type);
  return create_with_axes(name, stored_type(type), axes, properties.get());
}

Dataset Group::write(std::string_view name, const std::vector<Axis>& axes, ConstView values) {
  const Handle properties = filled_at_once(where(), values.type);
  Dataset dataset = create_with_axes(name, stored_type(values.type), axes, properties.get());
  dataset.write(values);
  return dataset;
}

Dataset Group::write_strings(std::string_view name, std::string_view axis,
                             const std::vector<std::string>& values) {
  const Handle type = string_type();
  const Handle properties = creation_properties(where(), H5P_DATASET_CREATE);
  Dataset dataset = create_with_axes(name, type.get(), {{std::string(axis), std::ssize(values)}},
                                     properties.get());
  dataset.write_strings(values);
  return dataset;
}

}  // namespace strang::store
