#include "core/store/scale.h"

#include <hdf5.h>
#include <hdf5_hl.h>

#include <string_view>

#include "core/error.h"

namespace strang::store {
namespace {

// The mark by which netCDF-4 tells a dimension from a variable; it is followed by the length.
constexpr std::string_view plain_mark = "This is a netCDF dimension but not a netCDF variable.";

std::string last_part(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

// The name under which a scale is linked, without its folder.
herr_t keep_name(hid_t, unsigned, hid_t scale, void* name) {
  char path[1024] = "";
  if (H5Iget_name(scale, path, sizeof path) <= 0) return 0;
  *static_cast<std::string*>(name) = last_part(path);
  return 1;  // the first scale of an axis is its name
}

}  // namespace

void make_scale(const std::string& where, Id dataset, const std::string& name) {
  call(where, "cannot name the axis", [&] { return H5DSset_scale(dataset, name.c_str()); });
}

Handle create_plain_scale(const std::string& where, Id group, const std::string& name,
                          std::int64_t length) {
  const auto extent = static_cast<hsize_t>(length);
  const Handle space(
      call(where, "cannot create", [&] { return H5Screate_simple(1, &extent, nullptr); }),
      H5Sclose);
  const Handle properties(
      call(where, "cannot create", [] { return H5Pcreate(H5P_DATASET_CREATE); }), H5Pclose);
  H5Pset_obj_track_times(properties.get(), false);
  // Nothing is ever written to it, so it takes no space.
  const auto create = [&] {
    return H5Dcreate2(group, name.c_str(), H5T_IEEE_F32BE, space.get(), H5P_DEFAULT,
                      properties.get(), H5P_DEFAULT);
  };
  Handle scale(call(where, fmt::format("cannot create axis '{}'", name), create), H5Dclose);
  make_scale(where, scale.get(), fmt::format("{}{:10d}", plain_mark, length));
  return scale;
}

bool is_plain_scale(Id dataset) {
  silence_hdf5();
  if (H5DSis_scale(dataset) <= 0) return false;
  char name[128] = "";
  return H5DSget_scale_name(dataset, name, sizeof name) > 0 &&
         std::string_view(name).starts_with(plain_mark);
}

Handle open_scale(const std::string& where, Id group, const std::string& name,
                  std::int64_t length) {
  const auto open = [&] { return H5Dopen2(group, name.c_str(), H5P_DEFAULT); };
  Handle scale(call(where, fmt::format("'{}' is no axis", name), open), H5Dclose);
  ensure(H5DSis_scale(scale.get()) > 0, "{}: dataset '{}' is no axis", where, name);
  const Handle space(
      call(where, "cannot read the shape", [&] { return H5Dget_space(scale.get()); }), H5Sclose);
  const auto found = H5Sget_simple_extent_npoints(space.get());
  ensure(found == length, "{}: axis '{}' has length {} here, not {}", where, name, found, length);
  return scale;
}

void attach_scale(const std::string& where, Id dataset, Id scale, unsigned axis) {
  call(where, "cannot name an axis", [&] { return H5DSattach_scale(dataset, scale, axis); });
}

std::vector<std::string> axis_names(Id dataset, const std::string& path, std::size_t rank) {
  silence_hdf5();
  if (H5DSis_scale(dataset) > 0) return {last_part(path)};
  std::vector<std::string> names(rank);
  for (unsigned axis = 0; axis < rank; ++axis)
    if (H5DSget_num_scales(dataset, axis) > 0)
      H5DSiterate_scales(dataset, axis, nullptr, keep_name, &names[axis]);
  return names;
}

}  // namespace strang::store
