#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/config/override.h"

namespace strang::config {

// Names of the options of a config group, sorted; empty when there is no such group.
using GroupOptions = std::function<std::vector<std::string>(const std::string& group)>;

// The values of one sweep, in order, at most `limit` of them. Float ranges are summed in 28-digit
// decimals from the exact binary start and step, as Hydra does: range(0,1,0.1) has ten values, the
// fourth is 0.3. `key` names the group of a glob. Throws UsageError for an interval, a zero step,
// and a sweep inside a sweep.
std::vector<Element> sweep_values(const Sweep& sweep, const std::string& key,
                                  const GroupOptions& options, std::uint64_t seed,
                                  std::size_t limit);

// One job of a sweep: its override lines, each a parsable text.
using Job = std::vector<std::string>;

// Every combination of the swept overrides with the fixed ones, in Hydra's order: keys as given,
// the last key fastest. An override that is no sweep stands in every job at its own place. A
// shuffled sweep takes its order from `seed`. Throws UsageError beyond `max_jobs` jobs.
std::vector<Job> expand(const std::vector<Override>& overrides, const GroupOptions& options,
                        std::uint64_t seed = 0, std::size_t max_jobs = 100'000);

// The overrides that `params` (a map of key to override text, as in `hydra.sweeper.params`) adds in
// front of the line's own. A key that the line gives too keeps its place and takes the line's
// value.
std::vector<Override> with_params(const Node& params, std::vector<Override> overrides,
                                  std::uint64_t seed = 0);

// "key=value,key=value" in order of the keys, as Hydra names a job's folder.
std::string override_dirname(const Job& job);

// Shell pattern: * ? [abc] [!abc]; case matters.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace strang::config
