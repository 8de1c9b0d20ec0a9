#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/config/config_file.h"

namespace strang::config {

// An entry of a defaults list at its place in the tree of configs that name each other.
struct DefaultNode {
  DefaultEntry entry;
  std::string parent_group;           // group of the config whose list holds the entry
  std::string parent_package;         // its package
  std::optional<std::string> header;  // package that the config's own first line gives
  bool absent = false;                // removed, null, or optional and not there
  std::vector<DefaultNode> children;  // its own defaults list; empty for a leaf

  // "process", "suite/process"; of a config: the folder that holds it.
  std::string group() const;
  // Path of the config without ".yaml"; the group must have one option.
  std::string config() const;
  // Where the config goes in the tree ("" is the root). The entry's own package counts more than
  // the header, the header more than the group's name. A header is absolute; all else is relative
  // to the parent's package unless it says `_global_`.
  std::string package() const;
  // How overrides name the entry: the group, with "@package" where the package is not the group's.
  std::string override_key() const;
  // True when the option (or the path of a config) is an interpolation.
  bool is_interpolation() const;

 private:
  std::string package_with(const std::optional<std::string>& own) const;
};

}  // namespace strang::config
