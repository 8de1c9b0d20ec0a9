#pragma once

#include <string_view>

namespace strang {

// The git commit that the program was built from (40 hex digits); "unknown" outside a repository.
std::string_view revision();

// Whether tracked files differed from that commit when it was built.
bool revision_dirty();

}  // namespace strang
