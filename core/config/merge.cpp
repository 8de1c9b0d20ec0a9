#include "core/config/merge.h"

#include "core/config/comma_list.h"
#include "core/config/interpolation.h"
#include "core/error.h"

namespace strang::config {
namespace {

std::string joined(const std::string& path, const Key& key) {
  return path.empty() ? std::string(key) : path + "." + key;
}

class Merger {
 public:
  Merger(Node& root, NewKeys new_keys) : root_(root), new_keys_(new_keys) {}

  void merge(Node& into, const Node& from, const std::string& path) {
    if (into.is_interpolation()) {
      const Node* target = referred_node(root_, path);
      if (target != nullptr && target->is_container()) into = Node(*target);
    }
    if (into.is_map() && from.is_map()) return merge_maps(into, from, path);
    require(!(into.is_container() && from.is_container()) || into.is_list() == from.is_list(),
            "{}: '{}' is a {} here and a {} at {}", from.origin().describe(), path,
            from.kind_name(), into.kind_name(), into.origin().describe());
    if (from.is_missing() && !into.is_missing()) return;
    into = from;
  }

 private:
  void merge_maps(Node& into, const Node& from, const std::string& path) {
    for (const auto& [key, child] : from.map()) {
      require(key.kind != Key::Kind::null, "{}: a key must not be null", child.origin().describe());
      if (Node* known = into.find_key(key)) {
        merge(*known, child, joined(path, key));
        continue;
      }
      if (new_keys_ == NewKeys::refused) throw UsageError(unknown_key_message(into, path, key));
      into.map().emplace_back(key, child);
    }
  }

  Node& root_;
  NewKeys new_keys_;
};

}  // namespace

void merge(Node& root, const Node& from, std::string_view path, NewKeys new_keys) {
  Node* into = &root;
  for (const auto& part : split_path(path)) {
    if (into->is_list()) {
      const auto index = list_index(part, into->list().size());
      require(index >= 0, "no item '{}' in '{}'", part, path);
      into = &into->list()[static_cast<std::size_t>(index)];
      continue;
    }
    if (!into->is_map()) into->value() = Node::Map{};
    Node* next = into->find(part);
    into = next != nullptr ? next : &into->set(part, Node(Null{}, from.origin()));
  }
  Merger(root, new_keys).merge(*into, from, std::string(path));
}

std::string unknown_key_message(const Node& map, std::string_view map_path, std::string_view key) {
  std::vector<std::string> names;
  if (map.is_map())
    for (const auto& [name, child] : map.map()) names.push_back(name);
  const std::string place = map_path.empty() ? "the configuration" : fmt::format("'{}'", map_path);
  std::string hint = did_you_mean(key, names);
  if (hint.empty() && !names.empty()) hint = fmt::format(" (it has {})", comma_list(names));
  return fmt::format("'{}' is no key of {}{}", key, place, hint);
}

}  // namespace strang::config
