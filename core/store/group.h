#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/store/dataset.h"
#include "core/store/object.h"

namespace strang::store {

// A named axis of a dataset that is to be created.
struct Axis {
  std::string name;
  std::int64_t length;
};

// A folder of a file. Paths are relative to it ("state", "trajectory/state") or absolute
// ("/grid/t").
//
// Every axis of a dataset is named: the group holds one dimension scale for each axis name, so that
// netCDF tools and xarray show named dimensions without being told. The datasets of one group that
// share an axis name share its length.
class Group : public Object {
 public:
  // Throws UsageError, with the names that are there and the nearest ones, if there is none.
  Group group(std::string_view path) const;
  Dataset dataset(std::string_view path) const;

  bool has(std::string_view path) const;  // a group or a dataset
  std::vector<std::string> group_names() const;
  std::vector<std::string> dataset_names() const;  // without axes that have no coordinate

  Group create_group(std::string_view name);

  // Names an axis before the datasets that use it are created, with or without a coordinate (the
  // value at each index, such as the time at each node). Without a call, `create` names plain axes.
  void add_axis(const Axis& axis);
  Dataset add_axis(std::string_view name, ConstView coordinate);

  // Creates a dataset and takes its space, so that a full disk is found here or at the next flush.
  // What is not written yet reads as NaN (floats) or 0. No axes make a scalar. Throws Error if the
  // name is taken, if two axes or an axis and the dataset have one name, or if the group's axis has
  // another length.
  Dataset create(std::string_view name, ElementType type, const std::vector<Axis>& axes);

  // Creates and writes.
  Dataset write(std::string_view name, const std::vector<Axis>& axes, ConstView values);
  Dataset write_strings(std::string_view name, std::string_view axis,
                        const std::vector<std::string>& values);

 private:
  friend class File;
  Group(std::shared_ptr<FileState> file, Handle handle, std::string path);

  std::string resolve(std::string_view relative) const;  // to an absolute path
  std::string new_path(std::string_view name) const;     // throws if the name is taken
  Dataset create_bare(std::string_view name, Id type, const std::vector<Axis>& axes, Id properties);
  Dataset create_with_axes(std::string_view name, Id type, const std::vector<Axis>& axes,
                           Id properties);
};

}  // namespace strang::store
