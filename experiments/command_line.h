#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/config/compose.h"
#include "core/registry.h"

namespace strang {

// What the verbs that compose a configuration have in common.
struct CommandLine {
  std::string config_name = "config";
  std::vector<std::string> config_dirs;  // searched first
  std::string cfg;                       // print instead of running: job | all
  bool resolve = false;
  std::string package;  // only this part of the tree
  bool multirun = false;
  bool dry_run = false;
  bool force = false;  // run what is done already, and replace its file
  bool help = false;
  int digits = 6;  // explain
  std::vector<std::string> overrides;

  // Throws UsageError on unknown flags. `verb` is for messages.
  // `config_name` is the primary config unless a flag names another.
  static CommandLine parse(const std::string& verb, const std::vector<std::string>& arguments,
                           const std::string& config_name = "config");
  static std::string help_text();
};

// Composes configurations for one command line.
class Composer {
 public:
  // Loads the plugins that the overrides or the primary config name.
  Composer(const CommandLine& line, Registry& registry);

  config::Composition compose(const std::vector<std::string>& overrides) const;
  // Composed, with all interpolations resolved and without the part that only sweeps read.
  config::Node resolved(const std::vector<std::string>& overrides) const;
  const config::SearchPath& search_path() const { return search_path_; }
  config::Surroundings surroundings() const;

 private:
  std::string config_name_;
  config::SearchPath search_path_;
};

}  // namespace strang
