#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/config/config_file.h"
#include "core/config/default_node.h"
#include "core/config/override.h"
#include "core/config/search_path.h"

namespace strang::config {

// Which option each group takes while a defaults list is worked through: what the command line
// says, then what `override` entries say (the first one counts), then what the list itself says.
class Choices {
 public:
  // Sorts the overrides into choices of groups and values; throws UsageError for an option that is
  // no name. `values()` are those that concern no group.
  Choices(const SearchPath& search_path, const std::vector<Override>& overrides);

  const std::vector<Override>& values() const { return values_; }
  const std::vector<DefaultEntry>& appended() const { return appended_; }

  // True when the command line removes the entry.
  bool removes(const DefaultNode& node);
  // The option that replaces the one of the entry, or null.
  const Node* replacement(const DefaultNode& node);
  // From an `override` entry in the defaults list of `config`.
  void add_override(const DefaultNode& node, const std::string& config);
  // Records the option of a group; another option for the same group and package is an error.
  void record(const DefaultNode& node);
  // Every override and removal must have met its group; throws UsageError otherwise.
  void check_all_used() const;

  // Group (with package, where it is not the group's own) to option, in the order of recording.
  const Node& recorded() const { return recorded_; }

 private:
  struct Choice {
    Node option;
    std::string config;  // that says it; empty for the command line
    std::string text;    // of the override
    bool used = false;
  };
  struct Removal {
    std::optional<std::string> option;
    std::string text;
    bool used = false;
  };

  void take_group(const Override& override);
  void take_removal(const Override& override);
  std::string unused_message(const std::string& key, const Choice& choice) const;

  std::vector<Override> values_;
  std::vector<DefaultEntry> appended_;
  std::map<std::string, Choice> chosen_;
  std::map<std::string, Removal> removed_;
  Node recorded_{Node::Map{}};
  std::map<std::string, std::set<std::string>> keys_of_group_;
};

}  // namespace strang::config
