#include "core/config/defaults_tree.h"

#include <algorithm>

#include "core/config/comma_list.h"
#include "core/config/resolver.h"
#include "core/error.h"

namespace strang::config {
namespace {

bool is_group(const DefaultNode& node) { return node.entry.kind == DefaultEntry::Kind::group; }

// Where the option of an entry was said: on the command line, or in a file.
std::string where(const DefaultNode& node) {
  const Origin& chosen = node.entry.option.origin();
  return (chosen.source.empty() ? node.entry.origin : chosen).describe();
}

DefaultNode child_of(const DefaultNode& parent, const DefaultEntry& entry) {
  DefaultNode child;
  child.entry = entry;
  child.parent_group = parent.group();
  child.parent_package = parent.package();
  return child;
}

bool has_content(const ConfigFile& file) {
  return file.content.is_map() ? !file.content.map().empty() : !file.content.list().empty();
}

}  // namespace

DefaultNode DefaultsTree::build(const std::string& config_name) {
  DefaultNode root;
  root.entry.path = config_name;
  require(search_path_.read(config_name).has_value(), "there is no config '{}'{} in {}",
          config_name, did_you_mean(config_name, search_path_.options(root.group())),
          comma_list(search_path_.describe()));
  grow(root, false);
  choices_.check_all_used();
  return root;
}

const ConfigFile* DefaultsTree::load(const DefaultNode& node) {
  const std::string config = node.config();
  const auto known = files_.find(config);
  if (known != files_.end()) return known->second.get();
  const auto file = search_path_.load(config);
  if (file == nullptr) return nullptr;
  warnings_.insert(warnings_.end(), file->warnings.begin(), file->warnings.end());
  return files_.emplace(config, file).first->second.get();
}

void DefaultsTree::not_found(const DefaultNode& node) const {
  const std::string group = node.group();
  const auto options = search_path_.options(group);
  const std::string name = node.config().substr(group.empty() ? 0 : group.size() + 1);
  if (is_group(node) && !options.empty())
    throw UsageError(fmt::format("{}: group '{}' has no option '{}'{}; its options are {}",
                                 where(node), group, name, did_you_mean(name, options),
                                 comma_list(options)));
  throw UsageError(fmt::format("{}: there is no config '{}'{} in {}", where(node), node.config(),
                               did_you_mean(name, options), comma_list(search_path_.describe())));
}

// `node.entry` is final, but for its own list.
void DefaultsTree::grow(DefaultNode& node, bool in_interpolated) {
  node.absent = choices_.removes(node);
  if (node.absent) return;
  choices_.record(node);
  node.absent = is_group(node) && node.entry.option.is_null();
  if (node.absent) return;
  require(!(is_group(node) && node.entry.option.is_missing()),
          "{}: group '{}' needs an option: write {}=NAME with one of {}", where(node), node.group(),
          node.override_key(), comma_list(search_path_.options(node.group())));
  const ConfigFile* file = load(node);
  if (file == nullptr) {
    node.absent = node.entry.optional;
    if (!node.absent) not_found(node);
    return;
  }
  node.header = file->package;
  grow_list(node, *file, in_interpolated);
}

std::vector<DefaultEntry> DefaultsTree::entries_of(const DefaultNode& node,
                                                   const ConfigFile& file) {
  std::vector<DefaultEntry> entries = file.defaults;
  const bool is_primary = ancestors_.empty();
  const auto is_self = [](const DefaultEntry& e) { return e.kind == DefaultEntry::Kind::self; };
  const auto selves = std::count_if(entries.begin(), entries.end(), is_self);
  require(selves <= 1, "{}: '_self_' stands twice in the defaults list",
          entries.empty() ? node.config() : entries.back().origin.describe());
  const bool only_overrides =
      !entries.empty() && std::all_of(entries.begin(), entries.end(),
                                      [](const DefaultEntry& e) { return e.overrides; });
  const bool needed = !entries.empty() || (is_primary && !choices_.appended().empty());
  if (needed && selves == 0 && !only_overrides) {
    if (is_primary && has_content(file) && !entries.empty())
      warnings_.push_back(
          fmt::format("{}: the defaults list has no '_self_'; the config's own values come last",
                      entries[0].origin.describe()));
    DefaultEntry self;
    self.kind = DefaultEntry::Kind::self;
    self.path = "_self_";
    entries.push_back(self);
  }
  if (is_primary)
    entries.insert(entries.end(), choices_.appended().begin(), choices_.appended().end());
  return entries;
}

void DefaultsTree::collect_overrides(const DefaultNode& node,
                                     const std::vector<DefaultEntry>& entries,
                                     bool in_interpolated) {
  const DefaultEntry* last = nullptr;
  for (const DefaultEntry& entry : entries) {
    if (entry.kind == DefaultEntry::Kind::self) continue;
    require(
        last == nullptr || entry.overrides || entry.appended,
        "{}: 'override' entries must be the last of a defaults list; one stands before this, at {}",
        entry.origin.describe(), last == nullptr ? "" : last->origin.describe());
    if (!entry.overrides) continue;
    require(!in_interpolated,
            "{}: 'override' is not allowed below an entry whose option is an interpolation",
            entry.origin.describe());
    last = &entry;
    choices_.add_override(child_of(node, entry), node.config());
  }
}

void DefaultsTree::grow_list(DefaultNode& node, const ConfigFile& file, bool in_interpolated) {
  const std::string config = node.config();
  std::vector<DefaultEntry> entries = entries_of(node, file);
  const auto is_hydras = [&](const DefaultEntry& entry) {
    const bool found = entry.path.rfind("hydra/", 0) == 0 || entry.path.rfind("/hydra/", 0) == 0;
    if (found)
      warnings_.push_back(
          fmt::format("{}: Hydra's own group '{}' does not exist here and is ignored",
                      entry.origin.describe(), entry.path));
    return found;
  };
  entries.erase(std::remove_if(entries.begin(), entries.end(), is_hydras), entries.end());
  if (entries.empty()) return;
  require(std::find(ancestors_.begin(), ancestors_.end(), config) == ancestors_.end(),
          "the defaults lists run in a circle: {} -> {}", comma_list(ancestors_, " -> "), config);
  ancestors_.push_back(config);
  collect_overrides(node, entries, in_interpolated);
  std::vector<DefaultNode> reversed;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry)
    if (!entry->overrides) grow_child(child_of(node, *entry), reversed, in_interpolated);
  // options that are interpolations need what all others have chosen
  for (DefaultNode& child : reversed) {
    if (!child.is_interpolation()) continue;
    resolve_option(child);
    grow(child, true);
  }
  ancestors_.pop_back();
  node.children.assign(std::make_move_iterator(reversed.rbegin()),
                       std::make_move_iterator(reversed.rend()));
}

void DefaultsTree::grow_child(DefaultNode child, std::vector<DefaultNode>& reversed,
                              bool in_interpolated) {
  if (child.entry.kind != DefaultEntry::Kind::self) {
    if (const Node* option = choices_.replacement(child)) child.entry.option = *option;
    if (is_group(child) && child.entry.option.is_list())
      return grow_options(child, reversed, in_interpolated);
    if (!child.is_interpolation()) grow(child, in_interpolated);
  }
  reversed.push_back(std::move(child));
}

// Several options of one group are so many configs, one behind the other.
void DefaultsTree::grow_options(const DefaultNode& child, std::vector<DefaultNode>& reversed,
                                bool in_interpolated) {
  const auto& options = child.entry.option.list();
  for (auto option = options.rbegin(); option != options.rend(); ++option) {
    require(!option->is_interpolation(), "{}: an interpolation is not allowed in a list of options",
            option->origin().describe());
    DefaultNode config = child;
    config.entry.kind = DefaultEntry::Kind::config;
    config.entry.path = child.entry.path + "/" + option->text();
    config.entry.option = Node(Null{}, option->origin());
    grow(config, in_interpolated);
    reversed.push_back(std::move(config));
  }
}

void DefaultsTree::resolve_option(DefaultNode& child) {
  const std::string text = is_group(child) ? child.entry.option.text() : child.entry.path;
  try {
    const Node value = interpolate(text, choices_.recorded(), surroundings_);
    if (!is_group(child)) {
      child.entry.path = value_text(value);
    } else {
      const Origin origin = child.entry.option.origin();
      child.entry.option = value.is_null() ? Node(Null{}, origin) : Node(value_text(value), origin);
    }
  } catch (const UsageError& error) {
    throw UsageError(
        fmt::format("{}: in the defaults list only the options of groups can be "
                    "referred to: {}",
                    where(child), error.what()));
  }
}

}  // namespace strang::config
