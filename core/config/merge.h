#pragma once

#include <string>
#include <string_view>

#include "core/config/node.h"

namespace strang::config {

enum class NewKeys { allowed, refused };

// Merges `from` into the tree `root` at a dotted path ("" is the root itself). Maps merge key by
// key; lists, scalars and null replace what was there; `???` replaces nothing that has a value. An
// interpolation that refers to a map or a list in the tree is replaced by a copy of it first, so
// that `from` adds to it. Keys keep the place where they came first. Throws UsageError where a map
// meets a list and, with NewKeys::refused, for a key that the map does not have (with the nearest
// names).
void merge(Node& root, const Node& from, std::string_view path = "",
           NewKeys new_keys = NewKeys::allowed);

// "'depth' is no key of 'model' (did you mean ...?)", or with the keys that there are.
std::string unknown_key_message(const Node& map, std::string_view map_path, std::string_view key);

}  // namespace strang::config
