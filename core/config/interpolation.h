#pragma once

#include <ctime>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/node.h"

namespace strang::config {

// Value of an environment variable, or nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// What interpolations may look at besides the tree itself.
struct Surroundings {
  Environment environment;                       // ${oc.env:...}; empty: no variable is set
  std::tm now{};                                 // ${now:...}
  const Node* hydra = nullptr;                   // ${hydra:...}
  std::vector<std::string>* warnings = nullptr;  // ${oc.deprecated:...} adds to it
};

// Replaces every `${...}` in the tree by its value: a text that is one interpolation takes the type
// of the value (also a list or a map), any other text becomes a string. Resolvers: oc.env oc.create
// oc.decode oc.deprecated oc.select oc.dict.keys oc.dict.values now hydra. `???` stays.
// Throws UsageError with the place, the key and the nearest names; for a key that is missing
// (`???`), and for circles.
void resolve(Node& root, const Surroundings& surroundings = {});

// The resolved value at a dotted path; nothing when the path leads nowhere. The tree is not
// changed.
std::optional<Node> resolved_at(const Node& root, std::string_view path,
                                const Surroundings& surroundings = {});

// The value of one text whose absolute references start at `root`.
Node interpolate(const std::string& text, const Node& root, const Surroundings& surroundings = {});

// The unresolved node that the interpolation at a dotted path finally refers to, as it stands in
// the tree; null when it refers to nothing, or is a call.
const Node* referred_node(const Node& root, std::string_view path);

// Refuses (UsageError) texts in the tree whose `${...}` is no interpolation.
void check_interpolations(const Node& node);

}  // namespace strang::config
