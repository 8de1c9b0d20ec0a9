#include "analysis/run_set.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "analysis/run_diff.h"
#include "core/error.h"
#include "core/store/file.h"

namespace strang::analysis {
namespace {

namespace fs = std::filesystem;

// A plugin that is configured by data (a splitting scheme) goes by its label.
void name_by_label(std::vector<std::string>& order, std::map<std::string, std::string>& values) {
  constexpr std::string_view suffix = ".label";
  for (const std::string& key : order) {
    if (!key.ends_with(suffix) || values[key].empty()) continue;
    const auto name = values.find(key.substr(0, key.size() - suffix.size()) + ".name");
    if (name != values.end()) name->second = values[key];
  }
  std::erase_if(order, [&](const std::string& key) { return key.ends_with(suffix); });
}

// The leaves of a run's spec, without what does not set runs apart.
struct SpecLeaves {
  std::vector<std::string> order;
  std::map<std::string, std::string> values;

  explicit SpecLeaves(const std::string& path) {
    const store::Group root = store::File::open(path).root();
    config::Node spec = parse_spec(root.attribute<std::string>("spec"), path);
    for (const char* key :
         {"output", "log", "threads", "launcher", "name", "plugins", "published", "step"})
      spec.erase(key);
    for (auto& [key, value] : leaves(spec)) {
      order.push_back(key);
      values[key] = value;
    }
    name_by_label(order, values);
  }
  std::string value(const std::string& key) const {
    const auto found = values.find(key);
    return found == values.end() ? "-" : found->second;
  }
  // The names of the plugins that a key is an option of: "model.data.count" is one of "model" and
  // of "model.data".
  std::string plugins_around(const std::string& key) const {
    std::string names;
    for (std::size_t dot = key.find('.'); dot != std::string::npos; dot = key.find('.', dot + 1)) {
      const std::string name = key.substr(0, dot) + ".name";
      if (name != key) names += value(name) + "/";
    }
    return names;
  }
};

// Whether two runs with the same plugins around the key have different values.
bool differs(const std::string& key, const std::vector<SpecLeaves>& specs) {
  std::map<std::string, std::string> seen;
  for (const SpecLeaves& spec : specs) {
    const auto [at, fresh] = seen.emplace(spec.plugins_around(key), spec.value(key));
    if (!fresh && at->second != spec.value(key)) return true;
  }
  return false;
}

std::vector<std::string> keys_that_differ(const std::vector<SpecLeaves>& specs) {
  std::vector<std::string> keys;
  for (const SpecLeaves& spec : specs)
    for (const std::string& key : spec.order)
      if (std::find(keys.begin(), keys.end(), key) == keys.end() && differs(key, specs))
        keys.push_back(key);
  return keys;
}

// "integrator" for "integrator.name".
std::string column_of(const std::string& key) {
  constexpr std::string_view suffix = ".name";
  return key.ends_with(suffix) ? key.substr(0, key.size() - suffix.size()) : key;
}

}  // namespace

RunSet labelled(std::vector<RunSummary> runs) {
  RunSet set{std::move(runs), {"run"}, {}};
  for (const RunSummary& run : set.runs) set.values.push_back({run.label});
  return set;
}

std::vector<std::string> find_runs(const std::vector<std::string>& names) {
  std::vector<std::string> paths;
  for (const std::string& name : names) {
    if (!fs::is_directory(name)) {
      require(fs::exists(name), "{}: there is no such file or folder", name);
      paths.push_back(name);
      continue;
    }
    std::vector<std::string> below;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(name))
      if (entry.path().filename() == "run.h5") below.push_back(entry.path().string());
    require(!below.empty(), "{}: there is no run.h5 in this folder or below it", name);
    std::sort(below.begin(), below.end());
    paths.insert(paths.end(), below.begin(), below.end());
  }
  return paths;
}

RunSet read_runs(const std::vector<std::string>& paths) {
  RunSet set;
  std::vector<SpecLeaves> specs;
  for (const std::string& path : paths) {
    set.runs.push_back(read_summary(path));
    specs.emplace_back(path);
  }
  const std::vector<std::string> keys = keys_that_differ(specs);
  if (keys.empty()) return labelled(std::move(set.runs));
  for (const std::string& key : keys) set.keys.push_back(column_of(key));
  for (std::size_t i = 0; i < specs.size(); ++i) {
    std::vector<std::string>& row = set.values.emplace_back();
    std::string label;
    for (std::size_t k = 0; k < keys.size(); ++k) {
      row.push_back(specs[i].value(keys[k]));
      label += fmt::format("{}{}={}", k == 0 ? "" : " ", set.keys[k], row.back());
    }
    set.runs[i].label = label;
  }
  return set;
}

}  // namespace strang::analysis
