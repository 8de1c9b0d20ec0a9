#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/config/override.h"
#include "core/config/sweep.h"

namespace strang::config {

// Values as JSON that keeps their types: {"t": type, "v": value}, where the type is null, bool, int
// (decimal text), float (shortest text that reads back), str, interpolation (unresolved), missing,
// list, or dict (a list of [key, value]). Objects keep the order of their keys.
nlohmann::ordered_json typed_json(const Node& node);
// The same for what stands in an override: quoted strings have a "quote", sweeps are {"t": "choice"
// | "range" | "interval" | "glob", ...}.
nlohmann::ordered_json typed_json(const Element& element);

// What an override line parses to: line, kind (change, add, force_add, delete), key_or_group,
// package, value_type, value, and value_string or, of a sweep, sweep_values and sweep_strings (at
// most 256; then sweep_truncated), or sweep_error.
nlohmann::ordered_json override_json(const Override& override, const GroupOptions& options);

}  // namespace strang::config
