#include "core/config/choices.h"

#include <algorithm>

#include "core/config/comma_list.h"
#include "core/error.h"

namespace strang::config {
namespace {

// The option that a group must have to be removed; nothing when any will do.
std::optional<std::string> removed_option(const Override& override) {
  if (!override.value) return std::nullopt;
  const Node option = override.node();
  if (option.is_null()) return std::nullopt;
  require(option.is_string(), "override '{}': a group is removed by the name of its option",
          override.text);
  return option.text();
}

void check_option(const Override& override, const Node& option) {
  const bool names = option.is_list() && std::all_of(option.list().begin(), option.list().end(),
                                                     [](const Node& n) { return n.is_string(); });
  require(option.is_string() || option.is_null() || names,
          "override '{}': the option of group '{}' is a name, a list of names or null, found a {}",
          override.text, override.key, option.kind_name());
}

}  // namespace

Choices::Choices(const SearchPath& search_path, const std::vector<Override>& overrides) {
  for (const Override& override : overrides) {
    require(override.sweep() == nullptr,
            "override '{}' is a sweep, which takes the multirun mode (write key=[a,b] for a list, "
            "key='a,b' for a text)",
            override.text);
    const bool is_map = override.value && override.node().is_map();
    if (is_map || !search_path.has_group(override.key))
      values_.push_back(override);
    else
      take_group(override);
  }
}

void Choices::take_group(const Override& override) {
  require(!override.key.empty(), "override '{}': the key is missing", override.text);
  if (override.kind == Override::Kind::remove) return take_removal(override);
  require(override.kind != Override::Kind::force_add,
          "override '{}': a group is either added ('+{}') or changed ('{}')", override.text,
          override.key, override.key);
  Node option = override.node();
  check_option(override, option);
  if (override.kind == Override::Kind::change) {
    chosen_[override.key_with_package()] = {std::move(option), "", override.text};
    return;
  }
  DefaultEntry entry;
  entry.kind = DefaultEntry::Kind::group;
  entry.path = override.key;
  entry.package = override.package;
  entry.option = std::move(option);
  entry.appended = true;
  entry.origin = {override.text, 0, 0};
  appended_.push_back(std::move(entry));
}

void Choices::take_removal(const Override& override) {
  removed_[override.key_with_package()] = {removed_option(override), override.text};
}

bool Choices::removes(const DefaultNode& node) {
  if (node.entry.kind != DefaultEntry::Kind::group) return false;
  const auto found = removed_.find(node.override_key());
  if (found == removed_.end()) return false;
  Removal& removal = found->second;
  const Node& option = node.entry.option;
  const bool same = !removal.option || (option.is_string() && option.text() == *removal.option);
  removal.used |= same;
  return same;
}

const Node* Choices::replacement(const DefaultNode& node) {
  if (node.entry.kind != DefaultEntry::Kind::group) return nullptr;
  const auto found = chosen_.find(node.override_key());
  if (found == chosen_.end()) return nullptr;
  found->second.used = true;
  return &found->second.option;
}

void Choices::add_override(const DefaultNode& node, const std::string& config) {
  chosen_.emplace(node.override_key(), Choice{node.entry.option, config, ""});
}

void Choices::record(const DefaultNode& node) {
  if (node.entry.kind != DefaultEntry::Kind::group) return;
  const std::string key = node.override_key();
  const Node* known = recorded_.find(key);
  require(known == nullptr || known->same_as(node.entry.option),
          "{}: group '{}' has two options; the other one is at {} (write 'override {}: ...' to "
          "change an option)",
          node.entry.origin.describe(), key, known == nullptr ? "" : known->origin().describe(),
          key);
  if (known == nullptr) recorded_.set(key, node.entry.option);
  keys_of_group_[node.group()].insert(key);
}

std::string Choices::unused_message(const std::string& key, const Choice& choice) const {
  const std::string group = key.substr(0, key.find('@'));
  std::string message = choice.config.empty()
                            ? fmt::format("override '{}'", choice.text)
                            : fmt::format("{}: override of '{}' in '{}'",
                                          choice.option.origin().describe(), key, choice.config);
  const auto known = keys_of_group_.find(group);
  if (known == keys_of_group_.end())
    message += fmt::format(": no entry '{}' in the defaults list before it", key);
  else
    message +=
        fmt::format(": no entry '{}' in the defaults list that it could change (there is {})", key,
                    comma_list(known->second));
  if (choice.config.empty()) message += fmt::format("; to add one, write '+{}'", choice.text);
  return message;
}

void Choices::check_all_used() const {
  for (const auto& [key, choice] : chosen_)
    if (!choice.used) throw UsageError(unused_message(key, choice));
  for (const auto& [key, removal] : removed_) {
    const Node* option = recorded_.find(key);
    require(removal.used, "override '{}': nothing to remove in the defaults list{}", removal.text,
            option != nullptr && option->is_string()
                ? fmt::format(" (the option of '{}' is '{}')", key, option->text())
                : std::string());
  }
}

}  // namespace strang::config
