#pragma once

#include <vector>

#include "core/config/interpolation.h"
#include "core/config/override.h"

namespace strang::config {

// Applies overrides of values, in order, to a composed tree. `key=value` needs the key to be there
// (the message names the nearest), `+key=value` needs it to be absent or null (a map or list is
// merged), `++key=value` does either, `~key` removes a key that has a value, `~key=value` only when
// it has that value. A map merges into a map; everything else replaces. Scalars in the way of a
// dotted key are replaced. Throws UsageError that names the override.
void apply_overrides(Node& root, const std::vector<Override>& overrides,
                     const Surroundings& surroundings);

}  // namespace strang::config
