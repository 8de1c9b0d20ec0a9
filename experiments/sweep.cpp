#include "experiments/sweep.h"

#include <algorithm>
#include <set>

#include "core/config/override_parser.h"
#include "core/config/sweep.h"
#include "core/error.h"

namespace strang {
namespace {

bool sweeps(const std::vector<config::Override>& overrides) {
  return std::any_of(overrides.begin(), overrides.end(),
                     [](const config::Override& o) { return o.sweep() != nullptr; });
}

// The overrides of the line that fix a value: what composes the spec whose `sweep` is read.
std::vector<std::string> fixed_lines(const std::vector<config::Override>& overrides) {
  std::vector<std::string> lines;
  for (const config::Override& o : overrides)
    if (o.sweep() == nullptr) lines.push_back(o.text);
  return lines;
}

// The part of a job's overrides that differs between jobs.
std::string label_of(const config::Job& job, const std::set<std::string>& swept) {
  std::string label;
  for (const std::string& line : job) {
    const std::string key = config::parse_override(line).key_element();
    if (swept.count(key) != 0) label += (label.empty() ? "" : " ") + line;
  }
  return label;
}

}  // namespace

std::vector<SweepJob> plan_jobs(const Composer& composer, const CommandLine& line) {
  std::vector<config::Override> overrides;
  for (const std::string& text : line.overrides) overrides.push_back(config::parse_override(text));
  config::Node params = composer.compose(fixed_lines(overrides)).config;
  const config::Node* sweep = params.find("sweep");
  const bool from_spec = sweep != nullptr && sweep->is_map() && !sweep->map().empty();
  require(line.multirun || from_spec || !sweeps(overrides),
          "an override gives several values: add -m (--multirun) to run every combination");
  if (from_spec) overrides = config::with_params(*sweep, overrides);
  if (!sweeps(overrides)) {
    std::vector<std::string> lines;
    for (const config::Override& o : overrides) lines.push_back(o.text);
    return {{lines, ""}};
  }
  std::set<std::string> swept;
  for (const config::Override& o : overrides)
    if (o.sweep() != nullptr) swept.insert(o.key_element());
  const auto options = [&](const std::string& group) {
    return composer.search_path().options(group);
  };
  std::vector<SweepJob> jobs;
  for (const config::Job& job : config::expand(overrides, options))
    jobs.push_back({job, label_of(job, swept)});
  return jobs;
}

}  // namespace strang
