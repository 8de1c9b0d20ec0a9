#pragma once

#include <string>
#include <vector>

#include "core/config/interpolation.h"
#include "core/config/node.h"
#include "core/config/override.h"
#include "core/config/search_path.h"

namespace strang::config {

// One config that took part, at its place in the final order.
struct ComposedConfig {
  std::string config;    // "process/vp"
  std::string package;   // where it went in the tree; "" is the root
  std::string parent;    // the config whose defaults list names it; "" for the primary one
  bool is_self = false;  // stands for the `_self_` of its own defaults list
  std::string file{};    // where it was read
};

struct Composition {
  Node config;   // composed and overridden; interpolations unresolved
  Node hydra;    // what stood under the key `hydra`, on top of hydra_defaults()
  Node choices;  // group ("process", "process@src") to its option: a string or null
  std::vector<ComposedConfig> defaults;  // in the order in which they were merged
  std::vector<std::string> tree;         // the tree of defaults lists, one indented line per config
  std::vector<std::string> warnings;
};

// Composes a config as Hydra 1.3 does: its defaults list (with `_self_`, nested and relative
// groups, packages, `optional`, `override`, null, `???`, lists of options, interpolation of
// options), then the overrides: choices of groups first, values after them, wherever they stand.
// Every value knows the file and line, or the override, that set it. Only the environment is looked
// up, and only through `surroundings`. Throws UsageError; docs/config.md lists the deliberate
// differences.
Composition compose(const SearchPath& search_path, const std::string& config_name,
                    const std::vector<Override>& overrides, const Surroundings& surroundings = {});

// `composition.hydra` with its interpolations resolved; they may refer to the whole configuration
// and to each other (`${hydra.job.num}`, `${hydra:job.num}`).
Node resolved_hydra(const Composition& composition, const Surroundings& surroundings);

// What `hydra.*` holds before a configuration says anything: where runs and sweeps write, and the
// parameters of a sweep.
Node hydra_defaults();

}  // namespace strang::config
