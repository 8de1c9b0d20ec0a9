#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include "core/config/compose.h"
#include "core/registry.h"

namespace strang {

// What the verbs that compose a configuration have in common.
struct CommandLine {
  std::string config_name = "config";
  std::string config_path;               // the folder of configs, in place of strang's own
  std::vector<std::string> config_dirs;  // searched first
  std::string cfg;                       // print instead of running: job | hydra | all
  std::string info;                      // defaults | defaults-tree | config | searchpath
  bool resolve = false;
  std::string package;  // only this part of the tree
  bool multirun = false;
  bool dry_run = false;
  bool force = false;  // run what is done already, and replace its file
  std::string from;    // fit: solve a file's stored equations anew
  bool help = false;
  std::string resume;           // folder of a sweep to go on with
  bool worker = false;          // with resume: as one of several processes, without tables
  std::string reference_cache;  // folder of references that sweeps share
  int digits = 6;               // explain
  std::vector<std::string> overrides;
  std::time_t started = std::time(nullptr);  // ${now:...}
  std::string folder;                        // working directory

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

  // `number` is that of the cell of a sweep: ${hydra:job.num}.
  config::Composition compose(const std::vector<std::string>& overrides,
                              std::optional<std::size_t> number = std::nullopt) const;
  // Composed, with all interpolations resolved and without the part that only sweeps read.
  config::Node resolved(const std::vector<std::string>& overrides,
                        std::optional<std::size_t> number = std::nullopt) const;
  config::Node resolved(const config::Composition& composition) const;
  const config::SearchPath& search_path() const { return search_path_; }
  config::Surroundings surroundings() const;

 private:
  std::string config_name_;
  std::time_t started_;
  config::SearchPath search_path_;
};

}  // namespace strang
