#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/options.h"

namespace strang {

// Where the cells of a sweep run: the spec's `launcher`. The bits do not depend on it. Options of
// Slurm have the names that submitit gives them.
struct LauncherOptions {
  std::string name = "local";
  std::int64_t processes = 1;  // that work on the sweep side by side
  std::int64_t shards = 1;     // parts of each run's samples
  // slurm
  std::int64_t array_parallelism = 0;
  std::int64_t timeout_min = 60;
  std::int64_t cpus_per_task = 1;
  std::int64_t gpus_per_node = 0;
  std::optional<std::int64_t> mem_gb;
  std::string partition, account, qos, constraint, exclude, comment;
  std::int64_t signal_delay_s = 90;
  std::int64_t max_num_timeout = 10;
  std::vector<std::string> additional_parameters;
  std::vector<std::string> setup;
  bool wait = false;

  void fields(OptionVisitor& v);
  // From the composed configuration; the defaults where it has no `launcher`. Throws UsageError.
  static LauncherOptions read(const config::Node& config);
};

}  // namespace strang
