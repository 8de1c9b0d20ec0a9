#include "core/config/interpolation.h"

#include "core/config/number_text.h"
#include "core/config/resolver.h"
#include "core/error.h"

namespace strang::config {
namespace {

// A string as it is shown inside a shown list or map.
std::string quoted(const std::string& text) {
  const bool single = text.find('\'') == std::string::npos || text.find('"') != std::string::npos;
  const char quote = single ? '\'' : '"';
  std::string out(1, quote);
  for (const char c : text) {
    if (c == '\\' || c == quote) out += '\\';
    if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\r')
      out += "\\r";
    else
      out += c;
  }
  return out + quote;
}

std::string inner_text(const Node& node) {
  if (node.is_string()) return quoted(node.text());
  return node.is_missing() ? "'?\?\?'" : value_text(node);
}

std::string key_text(const Key& key) {
  if (key.kind == Key::Kind::boolean) return key == "true" ? "True" : "False";
  return key.kind == Key::Kind::text ? quoted(key) : std::string(key);
}

}  // namespace

std::string value_text(const Node& node) {
  if (node.is_null()) return "None";
  if (node.is_missing()) return "???";
  if (node.is_bool()) return node.boolean() ? "True" : "False";
  if (node.is_int()) return std::to_string(node.integer());
  if (node.is_float()) return float_text(node.floating());
  if (node.is_string()) return node.text();
  std::string out;
  if (node.is_list()) {
    for (const Node& item : node.list()) out += (out.empty() ? "" : ", ") + inner_text(item);
    return "[" + out + "]";
  }
  for (const auto& [key, child] : node.map())
    out += (out.empty() ? "" : ", ") + key_text(key) + ": " + inner_text(child);
  return "{" + out + "}";
}

void resolve(Node& root, const Surroundings& surroundings) {
  Resolver resolver(root, surroundings);
  Node result = resolver.value(resolver.root());
  root = std::move(result);
}

std::optional<Node> resolved_at(const Node& root, std::string_view path,
                                const Surroundings& surroundings) {
  Resolver resolver(root, surroundings);
  const auto keys = split_path(path);
  Resolver::Place place = resolver.root();
  for (const std::string& key : keys) {
    place = resolver.follow(place);
    if (!place.back().node->is_container()) return std::nullopt;
    place = resolver.child(place, key);
    if (place.empty()) return std::nullopt;
  }
  return resolver.value(place);
}

Node interpolate(const std::string& text, const Node& root, const Surroundings& surroundings) {
  Resolver resolver(root, surroundings);
  const Node node(text);
  Resolver::Place place = resolver.root();
  place.push_back({&node, "", false});
  return resolver.value(place);
}

const Node* referred_node(const Node& root, std::string_view path) {
  const Surroundings nothing;
  Resolver resolver(root, nothing);
  try {
    const auto place = resolver.select(resolver.root(), split_path(path));
    return place.empty() || place.back().computed ? nullptr : place.back().node;
  } catch (const UsageError&) {
    return nullptr;  // it refers to nothing (yet)
  }
}

void check_interpolations(const Node& node) {
  if (node.is_list())
    for (const Node& item : node.list()) check_interpolations(item);
  if (node.is_map())
    for (const auto& [key, child] : node.map()) check_interpolations(child);
  if (!node.is_interpolation()) return;
  try {
    parse_interpolation(node.text());
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", node.origin().describe(), error.what()));
  }
}

}  // namespace strang::config
