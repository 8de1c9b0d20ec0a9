#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/config/choices.h"
#include "core/config/default_node.h"
#include "core/config/interpolation.h"
#include "core/config/search_path.h"

namespace strang::config {

// Works a config's defaults list through, and the lists of the configs that it names, and so on.
// Lists are worked from their end, so that an `override` in a later entry reaches earlier ones.
class DefaultsTree {
 public:
  DefaultsTree(const SearchPath& search_path, Choices& choices, const Surroundings& surroundings)
      : search_path_(search_path), choices_(choices), surroundings_(surroundings) {}

  // The tree below the primary config. Throws UsageError for configs that are not there, circles,
  // options that are not given (`???`), and overrides that meet nothing.
  DefaultNode build(const std::string& config_name);

  // A config that the tree names.
  const ConfigFile& file(const std::string& config) const { return *files_.at(config); }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void grow(DefaultNode& node, bool in_interpolated);
  void grow_list(DefaultNode& node, const ConfigFile& file, bool in_interpolated);
  std::vector<DefaultEntry> entries_of(const DefaultNode& node, const ConfigFile& file);
  void collect_overrides(const DefaultNode& node, const std::vector<DefaultEntry>& entries,
                         bool in_interpolated);
  void grow_child(DefaultNode child, std::vector<DefaultNode>& reversed, bool in_interpolated);
  void grow_options(const DefaultNode& child, std::vector<DefaultNode>& reversed,
                    bool in_interpolated);
  void resolve_option(DefaultNode& child);
  const ConfigFile* load(const DefaultNode& node);
  [[noreturn]] void not_found(const DefaultNode& node) const;

  const SearchPath& search_path_;
  Choices& choices_;
  const Surroundings& surroundings_;
  std::map<std::string, std::shared_ptr<const ConfigFile>> files_;
  std::vector<std::string> ancestors_;  // configs whose lists are being worked
  std::vector<std::string> warnings_;
};

}  // namespace strang::config
