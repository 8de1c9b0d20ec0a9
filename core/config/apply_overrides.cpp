#include "core/config/apply_overrides.h"

#include "core/config/merge.h"
#include "core/error.h"

namespace strang::config {
namespace {

std::string parent_of(const std::string& key) {
  const auto dot = key.rfind('.');
  return dot == std::string::npos ? "" : key.substr(0, dot);
}

std::string joined(const std::vector<std::string>& parts, std::size_t count) {
  std::string path;
  for (std::size_t i = 0; i < count; ++i) path += (i > 0 ? "." : "") + parts[i];
  return path;
}

bool same_number(const Node& a, const Node& b) {
  const auto number = [](const Node& n) {
    if (n.is_float()) return n.floating();
    return n.is_bool() ? (n.boolean() ? 1.0 : 0.0) : static_cast<double>(n.integer());
  };
  const auto is_number = [](const Node& n) { return n.is_float() || n.is_int() || n.is_bool(); };
  return is_number(a) && is_number(b) && number(a) == number(b);
}

class Applier {
 public:
  Applier(Node& root, const Override& override, const Surroundings& surroundings)
      : root_(root), override_(override), surroundings_(surroundings), value_(override.node()) {}

  void apply() {
    check_interpolations(value_);
    switch (override_.kind) {
      case Override::Kind::remove:
        return remove();
      case Override::Kind::add:
        return add();
      case Override::Kind::force_add:
        return update(NewKeys::allowed);
      case Override::Kind::change:
        return update(NewKeys::refused);
    }
  }

 private:
  [[noreturn]] void fail(std::string_view message) const {
    throw UsageError(fmt::format("override '{}': {}", override_.text, message));
  }

  // The resolved value at the key; null when there is none.
  Node current() const {
    const auto found = resolved_at(root_, override_.key, surroundings_);
    return !found || found->is_missing() ? Node() : *found;
  }

  void remove() {
    const std::string& key = override_.key;
    const Node known = current();
    const Node* parent = root_.at_path(parent_of(key));
    const std::string name = split_path(key).back();
    if (known.is_null() || parent == nullptr) {
      const bool has_null = parent != nullptr && parent->find(name) != nullptr;
      fail(has_null
               ? fmt::format("'{}' has no value to remove", key)
               : unknown_key_message(parent != nullptr ? *parent : root_, parent_of(key), name));
    }
    if (override_.value && !value_.is_null() && !known.same_as(value_) &&
        !same_number(known, value_))
      fail(fmt::format("'{}' is {}, not {}", key, to_element(known).text(),
                       override_.value->text()));
    auto* map = const_cast<Node*>(parent);
    if (!map->is_map())
      fail(fmt::format("'{}' is a list; its items cannot be removed", parent_of(key)));
    map->erase(name);
  }

  void add() {
    if (!current().is_null() && !value_.is_container())
      fail(fmt::format("'{}' is there already; write '{}' to change it, or '+{}' for either",
                       override_.key, override_.text.substr(1), override_.text));
    update(NewKeys::allowed);
  }

  void update(NewKeys new_keys) {
    const auto parts = split_path(override_.key);
    if (parts.empty()) fail("the key is missing");
    Node* node = &root_;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      node = &step(*node, parts, i, new_keys);
      if (!node->is_container()) *node = Node(Node::Map{}, value_.origin());
    }
    const bool absent = node->is_map() && node->find(parts.back()) == nullptr;
    Node& target = step(*node, parts, parts.size() - 1, new_keys);
    if (absent || !(target.is_container() && value_.is_container()))
      target = value_;
    else
      merge(root_, value_, override_.key, new_keys);
  }

  // The child named by part `i` of the key; made where new keys are allowed.
  Node& step(Node& node, const std::vector<std::string>& parts, std::size_t i, NewKeys new_keys) {
    const std::string& part = parts[i];
    if (node.is_list()) {
      const auto index = list_index(part, node.list().size());
      if (index < 0)
        fail(fmt::format("'{}' is a list of {}; there is no item '{}'", joined(parts, i),
                         node.list().size(), part));
      return node.list()[static_cast<std::size_t>(index)];
    }
    if (Node* known = node.find(part)) return *known;
    if (new_keys == NewKeys::refused)
      fail(fmt::format("{}; to add it, write '+{}'",
                       unknown_key_message(node, joined(parts, i), part), override_.text));
    return node.set(part, Node(Null{}, value_.origin()));
  }

  Node& root_;
  const Override& override_;
  const Surroundings& surroundings_;
  Node value_;
};

}  // namespace

void apply_overrides(Node& root, const std::vector<Override>& overrides,
                     const Surroundings& surroundings) {
  for (const Override& override : overrides) {
    require(!override.package, "override '{}': '{}' is no config group, so '@{}' has no meaning",
            override.text, override.key, override.package.value_or(""));
    try {
      Applier(root, override, surroundings).apply();
    } catch (const UsageError& error) {
      const std::string place = fmt::format("override '{}'", override.text);
      if (std::string_view(error.what()).find(place) != std::string_view::npos) throw;
      throw UsageError(fmt::format("{}: {}", place, error.what()));
    }
  }
}

}  // namespace strang::config
