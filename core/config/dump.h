#pragma once

#include <string>

#include "core/config/node.h"

namespace strang::config {

// The tree as YAML, letter by letter as OmegaConf.to_yaml writes it: block style, keys in order,
// lines folded at 80 columns, quotes only where a reader could take the text for something else.
// Reading it again gives the same values. Interpolations are written as they stand.
std::string dump(const Node& node);

// One line that is equal for trees that are equal (`Node::same_as`) and differs otherwise: keys
// sorted, types kept, floats in shortest form. Made for hashing, not for reading.
std::string canonical(const Node& node);

}  // namespace strang::config
