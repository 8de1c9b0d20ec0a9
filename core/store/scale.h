#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/store/handle.h"

namespace strang::store {

// Dimension scales as netCDF-4 keeps them: a one-dimensional dataset of the axis' name and length
// in the same group, attached to the axis of every dataset that uses it. A plain scale stands for
// an axis without a coordinate; readers show the dimension and no variable.

void make_scale(const std::string& where, Id dataset, const std::string& name);
Handle create_plain_scale(const std::string& where, Id group, const std::string& name,
                          std::int64_t length);
bool is_plain_scale(Id dataset);

// Opens the scale `name` of `group`; throws Error if it is no scale of that length.
Handle open_scale(const std::string& where, Id group, const std::string& name, std::int64_t length);

void attach_scale(const std::string& where, Id dataset, Id scale, unsigned axis);

// The name of each axis of a dataset; an empty string where it has none.
std::vector<std::string> axis_names(Id dataset, const std::string& path, std::size_t rank);

}  // namespace strang::store
