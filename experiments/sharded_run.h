#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "analysis/run_summary.h"
#include "experiments/reference.h"
#include "experiments/shards.h"

namespace strang {

// One run that several processes, on several machines, share by its samples.
struct ShardedRun {
  std::filesystem::path folder;  // of run.h5; the shards are in folder/shards
  std::filesystem::path lease;   // of the merge; those of shards stand beside it
  ShardFolder shards;
  std::string label;
};

// Whether this process could do something: a shard is free, or all are there. Another process may
// be faster. Costs some looks at the folder.
bool has_work(const ShardedRun& run);

// Runs the shards that are free, each under its lease, and, when all are there, merges them into
// run.h5, under the lease of the run: every shard is verified (verify_shards), and the file is that
// of an undivided run (experiments/run.h), to the bit. Null when others still work on shards or on
// the merge. `started` is called before the merge. Throws as run_experiment does.
std::optional<analysis::RunSummary> run_shards(const ShardedRun& run, const config::Node& config,
                                               const Registry& registry, ReferenceCache& references,
                                               const std::function<void()>& started);

}  // namespace strang
