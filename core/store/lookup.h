#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/store/handle.h"

namespace strang::store {

enum class Kind { group, dataset };

// Whether there is a group or dataset at an absolute path of the file that `object` belongs to.
bool exists(Id object, const std::string& path);

// The names of the groups or of the datasets in a group, sorted. Axes that have no coordinate are
// not counted as datasets; broken links are left out.
std::vector<std::string> names_in(std::string_view where, Id group, Kind kind);

// Opens what stands at an absolute path. Throws UsageError("<file>: no dataset /a/b; group /a holds
// c, d (did you mean 'c'?)") if there is nothing or something of the other kind.
Handle open_existing(std::string_view file, Id object, const std::string& path, Kind kind);

}  // namespace strang::store
