#include "core/config/node.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/error.h"

namespace strang::config {
namespace {

double numeric(const Key& key) {
  if (key.kind == Key::Kind::boolean) return key == "true" ? 1 : 0;
  if (key == ".inf") return HUGE_VAL;
  if (key == "-.inf") return -HUGE_VAL;
  double value = std::nan("");
  std::from_chars(key.data(), key.data() + key.size(), value);
  return value;
}

bool same_list(const Node::List& a, const Node::List& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Node& x, const Node& y) { return x.same_as(y); });
}

bool same_map(const Node& a, const Node& b) {
  if (a.map().size() != b.map().size()) return false;
  return std::all_of(a.map().begin(), a.map().end(), [&](const auto& entry) {
    const Node* other = b.find_key(entry.first);
    return other != nullptr && entry.second.same_as(*other);
  });
}

// One step into a container: a list item by index, a map entry by text key.
const Node* step_into(const Node& node, std::string_view part) {
  if (!node.is_list()) return node.find(part);
  const auto index = list_index(part, node.list().size());
  return index < 0 ? nullptr : &node.list()[static_cast<std::size_t>(index)];
}

}  // namespace

std::string Origin::describe() const {
  if (source.empty()) return "default";
  if (line > 0) return fmt::format("{}:{}", source, line);
  return fmt::format("override '{}'", source);
}

bool Key::same_as(const Key& other) const {
  const auto is_number = [](const Key& key) {
    return key.kind != Kind::text && key.kind != Kind::null;
  };
  if (is_number(*this) && is_number(other)) {
    const double a = numeric(*this), b = numeric(other);
    return a == b || (std::isnan(a) && std::isnan(b));
  }
  return kind == other.kind && std::string_view(*this) == std::string_view(other);
}

bool Node::is_interpolation() const {
  return is_string() && text().find("${") != std::string::npos;
}

const Node* Node::find(std::string_view key) const {
  if (!is_map()) return nullptr;
  for (const auto& [name, child] : map()) {
    if (name.kind == Key::Kind::text && std::string_view(name) == key) return &child;
  }
  return nullptr;
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(std::as_const(*this).find(key)); }

const Node* Node::find_key(const Key& key) const {
  if (key.kind == Key::Kind::text) return find(std::string_view(key));
  if (!is_map()) return nullptr;
  for (const auto& [name, child] : map()) {
    if (name.same_as(key)) return &child;
  }
  return nullptr;
}

Node* Node::find_key(const Key& key) {
  return const_cast<Node*>(std::as_const(*this).find_key(key));
}

Node& Node::set(const Key& key, Node child) {
  if (is_null()) value_ = Map{};
  if (Node* old = find_key(key)) return *old = std::move(child);
  return map().emplace_back(key, std::move(child)).second;
}

bool Node::erase(std::string_view key) {
  Node* child = find(key);
  if (child == nullptr) return false;
  auto& entries = map();
  entries.erase(std::find_if(entries.begin(), entries.end(),
                             [&](const auto& entry) { return &entry.second == child; }));
  return true;
}

const Node* Node::at_path(std::string_view path) const {
  const Node* node = this;
  for (const auto& part : split_path(path)) {
    node = step_into(*node, part);
    if (node == nullptr) return nullptr;
  }
  return node;
}

Node& Node::set_path(std::string_view path, Node child) {
  Node* node = this;
  for (const auto& part : split_path(path)) {
    if (node->is_list()) {
      const auto index = list_index(part, node->list().size());
      require(index >= 0, "cannot set '{}': no item '{}' in a list of {}", path, part,
              node->list().size());
      node = &node->list()[static_cast<std::size_t>(index)];
      continue;
    }
    if (!node->is_map()) node->value() = Map{};
    Node* next = node->find(part);
    node = next != nullptr ? next : &node->set(part, {});
  }
  return *node = std::move(child);
}

std::string_view Node::kind_name() const {
  static constexpr std::string_view names[] = {"null",  "missing", "bool", "int",
                                               "float", "str",     "list", "dict"};
  return names[value_.index()];
}

bool Node::same_as(const Node& other) const {
  if (value_.index() != other.value_.index()) return false;
  if (is_list()) return same_list(list(), other.list());
  if (is_map()) return same_map(*this, other);
  if (is_float()) {
    const double a = floating(), b = other.floating();
    return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
  }
  if (is_bool()) return boolean() == other.boolean();
  if (is_int()) return integer() == other.integer();
  return !is_string() || text() == other.text();
}

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts;
  std::string part;
  const auto finish = [&] {
    parts.push_back(std::move(part));
    part.clear();
  };
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c == ']') {
      if (i + 1 == path.size()) break;
    } else if (c == '[') {
      if (i > 0 && path[i - 1] != ']') finish();
    } else if (c == '.') {
      finish();
    } else {
      part += c;
    }
  }
  if (!path.empty()) finish();
  return parts;
}

std::ptrdiff_t list_index(std::string_view text, std::size_t size) {
  std::ptrdiff_t index = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (text.empty() || status != std::errc{} || end != text.data() + text.size()) return -1;
  const auto count = static_cast<std::ptrdiff_t>(size);
  if (index < 0) index += count;
  return index >= 0 && index < count ? index : -1;
}

}  // namespace strang::config
