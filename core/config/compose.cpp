#include "core/config/compose.h"

#include "core/config/apply_overrides.h"
#include "core/config/choices.h"
#include "core/config/defaults_tree.h"
#include "core/config/merge.h"
#include "core/config/yaml.h"
#include "core/error.h"

namespace strang::config {
namespace {

// The configs in the order of merging: every list in its own order, `_self_` where it stands.
void flatten(const DefaultNode& node, const std::string& parent,
             std::vector<ComposedConfig>& configs) {
  if (node.absent) return;
  const std::string config = node.config();
  if (node.children.empty()) {
    configs.push_back({config, node.package(), parent, false});
    return;
  }
  for (const DefaultNode& child : node.children) {
    if (child.entry.kind == DefaultEntry::Kind::self)
      configs.push_back({config, node.package(), parent, true});
    else
      flatten(child, config, configs);
  }
}

void draw(const DefaultNode& node, std::size_t depth, std::vector<std::string>& lines) {
  std::string line(2 * depth, ' ');
  if (node.entry.kind == DefaultEntry::Kind::self) {
    lines.push_back(line + "_self_");
    return;
  }
  if (node.entry.kind == DefaultEntry::Kind::config)
    line += node.config();
  else
    line += node.override_key() + ": " +
            (node.entry.option.is_string() ? node.entry.option.text() : "null");
  lines.push_back(line + (node.absent ? " (absent)" : ""));
  for (const DefaultNode& child : node.children) draw(child, depth + 1, lines);
}

// A group may stand once in the tree, with one option.
void refuse_repeated_groups(const DefaultNode& node, std::map<std::string, std::string>& seen) {
  if (node.entry.kind == DefaultEntry::Kind::group && !node.absent) {
    const auto [first, is_new] = seen.emplace(node.override_key(), node.entry.origin.describe());
    require(is_new, "{}: group '{}' stands twice in the defaults list, first at {}",
            node.entry.origin.describe(), node.override_key(), first->second);
  }
  for (const DefaultNode& child : node.children) refuse_repeated_groups(child, seen);
}

void merge_config(Node& tree, const ConfigFile& file, const ComposedConfig& config) {
  require(!config.package.empty() || file.content.is_map(),
          "{}: a configuration is a map, found a {}", file.content.origin().describe(),
          file.content.kind_name());
  merge(tree, file.content, config.package);
}

}  // namespace

Composition compose(const SearchPath& search_path, const std::string& config_name,
                    const std::vector<Override>& overrides, const Surroundings& surroundings) {
  Choices choices(search_path, overrides);
  DefaultsTree defaults(search_path, choices, surroundings);
  const DefaultNode root = defaults.build(config_name);
  std::map<std::string, std::string> seen;
  refuse_repeated_groups(root, seen);

  Composition result;
  flatten(root, "", result.defaults);
  draw(root, 0, result.tree);
  result.choices = choices.recorded();
  result.warnings = defaults.warnings();
  result.config = Node(Node::Map{});
  result.config.set("hydra", hydra_defaults());
  for (ComposedConfig& config : result.defaults) {
    const ConfigFile& file = defaults.file(config.config);
    config.file = file.content.origin().source;
    merge_config(result.config, file, config);
  }
  apply_overrides(result.config, choices.values(), surroundings);
  if (const Node* hydra = result.config.find("hydra")) result.hydra = *hydra;
  result.config.erase("hydra");
  return result;
}

Node resolved_hydra(const Composition& composition, const Surroundings& surroundings) {
  Node whole = composition.config;
  whole.set("hydra", composition.hydra);
  Surroundings inner = surroundings;
  inner.hydra = &composition.hydra;
  const auto resolved = resolved_at(whole, "hydra", inner);
  return resolved.value_or(Node());
}

Node hydra_defaults() {
  return parse_yaml(R"(run:
  dir: outputs/${now:%Y-%m-%d}/${now:%H-%M-%S}
sweep:
  dir: multirun/${now:%Y-%m-%d}/${now:%H-%M-%S}
  subdir: ${hydra.job.num}
sweeper:
  max_batch_size: null
  params: null
job:
  name: null
  num: null
  id: null
  config_name: null
  override_dirname: null
output_subdir: .hydra
mode: null
verbose: false
)",
                    "default");
}

}  // namespace strang::config
