#pragma once

#include "experiments/command_line.h"

namespace strang {

// What the flags of a line ask to see in place of the verb's work; false where they ask for
// nothing.
// `--cfg job|hydra|all` with --resolve and --package: the composed configuration as YAML;
// `--info defaults|defaults-tree|config|searchpath`: how it comes about.
bool print_view(const Composer& composer, const CommandLine& line);

// The options of a verb's own configuration, for its help.
void print_options(const std::vector<OptionHelp>& options);

// `strang run --help`: flags, keys, groups with their options, and the composed configuration.
void print_run_help(const CommandLine& line, Registry& registry);

}  // namespace strang
