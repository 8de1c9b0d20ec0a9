#pragma once

#include "experiments/command_line.h"

namespace strang {

// `--cfg job|hydra|all` with --resolve and --package: the composed configuration as YAML.
int print_config(const Composer& composer, const CommandLine& line);

// `--info defaults|defaults-tree|config|searchpath`: how it comes about.
int print_info(const Composer& composer, const CommandLine& line);

// `strang run --help`: flags, keys, groups with their options, and the composed configuration.
void print_run_help(const CommandLine& line, Registry& registry);

}  // namespace strang
