#pragma once

#include <string_view>

#include "core/config/node.h"

namespace strang::config {

// What a plain (unquoted) YAML scalar means in the dialect that configurations are written in:
// YAML 1.1 (`yes`/`on`/`off` are booleans, 017 is octal, 1:30 is 90, 1_000 is 1000, `~` is null),
// except that floats may be written without a point (1e3) and that dates stay text. `???` is
// missing. Throws UsageError for an integer that does not fit into 64 bits.
Node::Value plain_scalar(std::string_view text);

// The same for a scalar with an explicit tag ("int", "float", "bool", "null", "str").
Node::Value tagged_scalar(std::string_view tag, std::string_view text);

// The key that a typed scalar stands for when it is written as the key of a map.
Key scalar_key(const Node& scalar);

// True when a YAML 1.1 reader without that exception would take the plain text for anything but a
// string, or when it looks like a boolean or a number to other common readers: such text is quoted
// when it is written.
bool needs_quotes(std::string_view text);

}  // namespace strang::config
