#include "core/config/resolver.h"

#include "core/error.h"

namespace strang::config {
namespace {

std::vector<std::string> child_names(const Node& node) {
  std::vector<std::string> names;
  if (node.is_map())
    for (const auto& [key, child] : node.map()) names.push_back(key);
  return names;
}

std::string path_of(const Resolver::Place& place) {
  std::string path;
  for (std::size_t i = 1; i < place.size(); ++i) path += (i > 1 ? "." : "") + place[i].key;
  return path;
}

std::ptrdiff_t forward_index(const std::string& key, std::size_t size) {
  return !key.empty() && key[0] == '-' ? -1 : list_index(key, size);
}

}  // namespace

class Resolver::Guard {
 public:
  Guard(Resolver& resolver, const Place& at) : resolver_(resolver), node_(at.back().node) {
    if (!resolver.active_.insert(node_).second)
      resolver.fail(at, "the interpolation runs in a circle");
  }
  ~Guard() { resolver_.active_.erase(node_); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  Resolver& resolver_;
  const Node* node_;
};

void Resolver::fail(const Place& at, std::string_view message) const {
  const Node& node = *at.back().node;
  const std::string path = path_of(at);
  throw UsageError(fmt::format("{}: {}{}: {}", node.origin().describe(),
                               path.empty() ? "" : "'" + path + "' is ",
                               node.is_string() ? "'" + node.text() + "'" : "a value", message));
}

Resolver::Place Resolver::child(const Place& place, const std::string& key) {
  const Node& node = *place.back().node;
  if (!node.is_container()) fail(place, fmt::format("a {} has no key '{}'", node.kind_name(), key));
  const Node* found = nullptr;
  if (node.is_map()) {
    found = node.find(key);
  } else {
    const auto index = forward_index(key, node.list().size());
    if (index < 0 && key.find_first_not_of("0123456789-") != std::string::npos)
      fail(place, fmt::format("'{}' is no index of a list", key));
    if (index >= 0) found = &node.list()[static_cast<std::size_t>(index)];
  }
  if (found == nullptr) return {};
  Place result = place;
  result.push_back({found, key, place.back().computed});
  return result;
}

const Expression& Resolver::parsed(const Place& at) {
  const std::string& text = at.back().node->text();
  const auto known = expressions_.find(text);
  if (known != expressions_.end()) return known->second;
  try {
    return expressions_.emplace(text, parse_interpolation(text)).first->second;
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", at.back().node->origin().describe(), error.what()));
  }
}

Resolver::Place Resolver::follow(const Place& place) {
  const Node* node = place.back().node;
  if (place.back().computed || !node->is_interpolation()) return place;
  const Guard guard(*this, place);
  const Expression& expression = parsed(place);
  if (const auto* reference = std::get_if<Expression::Reference>(&expression.form))
    return refer(*reference, place);
  Place result = place;
  const auto known = results_.find(node);
  if (known != results_.end()) {
    result.back().node = known->second;
  } else {
    computed_.push_back(evaluate(expression, place));
    computed_.back().set_origin(node->origin());
    result.back().node = results_[node] = &computed_.back();
  }
  result.back().computed = true;
  return result;
}

Resolver::Place Resolver::select(Place place, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    place = child(follow(place), key);
    if (place.empty()) return {};
  }
  return follow(place);
}

Resolver::Place Resolver::climb(const Place& at, int dots) const {
  if (dots == 0) return root();
  const auto up = static_cast<std::size_t>(dots);
  if (up >= at.size()) fail(at, "the dots climb above the root of the configuration");
  return Place(at.begin(), at.end() - dots);
}

Resolver::Place Resolver::select_text(const Place& at, const std::string& path) {
  const std::size_t dots = std::min(path.find_first_not_of('.'), path.size());
  return select(climb(at, static_cast<int>(dots)), split_path(path.substr(dots)));
}

// Where a reference leads. Absent and missing targets are errors.
Resolver::Place Resolver::refer(const Expression::Reference& reference, const Place& at) {
  Place place = climb(at, reference.dots);
  for (const Expression& expression : reference.keys) {
    const std::string key = text(expression, at);
    const Place parent = follow(place);
    place = child(parent, key);
    if (place.empty()) {
      const std::string where = path_of(parent);
      fail(at,
           fmt::format("there is no key '{}'{}{}", key, where.empty() ? "" : " in '" + where + "'",
                       did_you_mean(key, child_names(*parent.back().node))));
    }
  }
  place = follow(place);
  if (place.back().node->is_missing())
    fail(at, fmt::format("'{}' has no value yet (it is ?\?\?)", path_of(place)));
  return place;
}

Node Resolver::value(const Place& place) {
  const Node& node = *place.back().node;
  if (!place.back().computed && node.is_interpolation()) {
    const Place target = follow(place);
    const Guard guard(*this, place);
    Node result = value(target);
    result.set_origin(node.origin());
    return result;
  }
  if (place.back().computed || !node.is_container()) return node;
  Node result(node.is_map() ? Node::Value(Node::Map{}) : Node::Value(Node::List{}), node.origin());
  Place inner = place;
  inner.push_back({});
  if (node.is_map()) {
    for (const auto& [key, item] : node.map()) {
      inner.back() = {&item, key, false};
      result.map().emplace_back(key, value(inner));
    }
    return result;
  }
  for (std::size_t i = 0; i < node.list().size(); ++i) {
    inner.back() = {&node.list()[i], std::to_string(i), false};
    result.list().push_back(value(inner));
  }
  return result;
}

Node Resolver::evaluate(const Expression& expression, const Place& at) {
  if (const auto* node = std::get_if<Node>(&expression.form)) return *node;
  if (const auto* reference = std::get_if<Expression::Reference>(&expression.form))
    return value(refer(*reference, at));
  if (const auto* called = std::get_if<Expression::Call>(&expression.form))
    return call(*called, at);
  if (std::holds_alternative<Expression::Joined>(expression.form))
    return Node(text(expression, at));
  if (const auto* list = std::get_if<Expression::List>(&expression.form)) {
    Node::List items;
    for (const Expression& item : list->items) items.push_back(evaluate(item, at));
    return Node(std::move(items));
  }
  Node map(Node::Map{});
  for (const auto& [key, item] : std::get<Expression::Dict>(expression.form).entries) {
    if (key.kind == Key::Kind::null) fail(at, "a key must not be null");
    map.set(key, evaluate(item, at));
  }
  return map;
}

std::string Resolver::text(const Expression& expression, const Place& at) {
  if (const auto* joined = std::get_if<Expression::Joined>(&expression.form)) {
    std::string result;
    for (const Expression& piece : joined->pieces) result += text(piece, at);
    return result;
  }
  // A container is shown as it stands, with its own interpolations unresolved.
  if (const auto* reference = std::get_if<Expression::Reference>(&expression.form))
    return value_text(*refer(*reference, at).back().node);
  return value_text(evaluate(expression, at));
}

Node Resolver::call(const Expression::Call& call, const Place& at) {
  std::string name;
  for (const Expression& piece : call.name) name += text(piece, at);
  std::vector<Node> arguments;
  for (const Expression& argument : call.arguments) arguments.push_back(evaluate(argument, at));
  return call_resolver(*this, name, arguments, at);
}

}  // namespace strang::config
