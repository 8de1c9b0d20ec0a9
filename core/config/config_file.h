#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/config/node.h"

namespace strang::config {

// One entry of a defaults list as it is written.
struct DefaultEntry {
  enum class Kind { group, config, self };  // `group: option`, `path/of/config`, `_self_`

  Kind kind = Kind::config;
  std::string path;                    // of the group, or of the config
  Node option;                         // of a group: a name, null, `???`, or a list of names
  std::optional<std::string> package;  // behind '@'
  bool optional = false;               // a missing option is no error
  bool overrides = false;              // changes the option of an entry elsewhere
  bool appended = false;               // by `+group=option` on the command line
  Origin origin;
};

// A configuration file, read: its own values without the defaults list, the list, and the package
// that its first line may give (`# @package _global_`).
struct ConfigFile {
  Node content;  // a map, or a list where a group's option is a list
  std::vector<DefaultEntry> defaults;
  std::optional<std::string> package;
  std::vector<std::string> warnings;
};

// Throws UsageError with file and line for anything that is no configuration.
ConfigFile parse_config_file(const std::string& text, const std::string& location);

}  // namespace strang::config
