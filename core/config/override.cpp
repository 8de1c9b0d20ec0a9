#include "core/config/override.h"

#include "core/config/number_text.h"
#include "core/error.h"

namespace strang::config {
namespace {

template <class... Cases>
struct Visitor : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Visitor(Cases...) -> Visitor<Cases...>;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\()[]{}:=, \t").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// Backslashes count only before a quote: there they are doubled, elsewhere they stand for
// themselves.
std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  std::size_t backslashes = 0;
  for (const char c : text) {
    if (c == quote) out += std::string(backslashes + 1, '\\');
    backslashes = c == '\\' ? backslashes + 1 : 0;
    out += c;
  }
  return out + std::string(backslashes, '\\') + quote;
}

std::string scalar_text(const Node& node) {
  if (node.is_null()) return "null";
  if (node.is_missing()) return "???";
  if (node.is_bool()) return node.boolean() ? "True" : "False";
  if (node.is_int()) return std::to_string(node.integer());
  if (node.is_float()) return float_text(node.floating());
  return escaped(node.text());
}

std::string key_text(const Key& key) {
  if (key.kind == Key::Kind::boolean) return key == "true" ? "True" : "False";
  return key.kind == Key::Kind::text ? escaped(key) : std::string(key);
}

std::string list_text(const Element::List& items) {
  std::string out;
  for (const Element& item : items) {
    if (!out.empty()) out += ',';
    out += item.text();
  }
  return fmt::format("[{}]", out);
}

std::string dict_text(const Element::Dict& entries) {
  std::string out;
  for (const auto& [key, item] : entries) {
    if (!out.empty()) out += ',';
    out += key_text(key);
    out += ':';
    out += item.text();
  }
  return fmt::format("{{{}}}", out);
}

}  // namespace

const Sweep* Element::sweep() const {
  const auto* held = std::get_if<std::shared_ptr<const Sweep>>(&form);
  return held != nullptr ? held->get() : nullptr;
}

Node Element::to_node(const Origin& origin) const {
  return std::visit(
      Visitor{[&](const Node& node) { return Node(node.value(), origin); },
              [&](const Quoted& q) {
                if (q.text == "???") return Node(Missing{}, origin);
                return Node(q.text, origin);
              },
              [&](const List& items) {
                Node::List list;
                for (const Element& item : items) list.push_back(item.to_node(origin));
                return Node(std::move(list), origin);
              },
              [&](const Dict& entries) {
                Node::Map map;
                for (const auto& [key, item] : entries) {
                  require(key.kind != Key::Kind::null, "{}: a key must not be null",
                          origin.describe());
                  map.emplace_back(key, item.to_node(origin));
                }
                return Node(std::move(map), origin);
              },
              [&](const std::shared_ptr<const Sweep>&) -> Node {
                throw UsageError(
                    fmt::format("{}: a sweep stands where a value is expected", origin.describe()));
              }},
      form);
}

std::string Element::text() const {
  return std::visit(Visitor{[](const Node& node) { return scalar_text(node); },
                            [](const Quoted& q) { return quoted(q.text, q.quote); },
                            [](const List& items) { return list_text(items); },
                            [](const Dict& entries) { return dict_text(entries); },
                            [](const std::shared_ptr<const Sweep>&) -> std::string {
                              throw UsageError("a sweep inside a value cannot be written");
                            }},
                    form);
}

Element to_element(const Node& node) {
  if (node.is_list()) {
    Element::List items;
    for (const Node& item : node.list()) items.push_back(to_element(item));
    return {std::move(items)};
  }
  if (node.is_map()) {
    Element::Dict entries;
    for (const auto& [key, child] : node.map()) entries.emplace_back(key, to_element(child));
    return {std::move(entries)};
  }
  return {Node(node.value())};
}

std::string Override::key_with_package() const { return package ? key + "@" + *package : key; }

std::string Override::key_element() const {
  static constexpr std::string_view prefixes[] = {"", "+", "++", "~"};
  return std::string(prefixes[static_cast<std::size_t>(kind)]) + key_with_package();
}

Node Override::node() const {
  const Origin origin{text, 0, 0};
  return value ? value->to_node(origin) : Node(Null{}, origin);
}

}  // namespace strang::config
