#include <cmath>

#include "core/config/number_text.h"
#include "core/config/sweep_functions.h"
#include "core/error.h"

namespace strang::config {
namespace {

std::string text_of(const Node& node) { return node.is_missing() ? "???" : node.text(); }

bool is_text(const Node& node) { return node.is_string() || node.is_missing(); }

Node to_int(const Node& node) {
  if (node.is_int()) return node;
  if (node.is_bool()) return Node(std::int64_t{node.boolean() ? 1 : 0});
  if (node.is_float()) {
    const double value = node.floating();
    require(std::isfinite(value), "int() of {}: not a finite number", float_text(value));
    require(std::abs(value) < 9.2233720368547758e18, "int() of {}: does not fit into 64 bits",
            float_text(value));
    return Node(static_cast<std::int64_t>(value));
  }
  const auto value = text_to_int(text_of(node));
  require(value.has_value(), "int() of '{}': no integer", text_of(node));
  return Node(*value);
}

Node to_float(const Node& node) {
  if (node.is_float()) return node;
  if (node.is_bool()) return Node(node.boolean() ? 1.0 : 0.0);
  if (node.is_int()) return Node(static_cast<double>(node.integer()));
  const auto value = text_to_float(text_of(node));
  require(value.has_value(), "float() of '{}': no number", text_of(node));
  return Node(*value);
}

Node to_str(const Node& node) {
  if (node.is_bool()) return Node(std::string(node.boolean() ? "true" : "false"));
  if (node.is_int()) return Node(std::to_string(node.integer()));
  if (node.is_float()) return Node(float_text(node.floating()));
  return node;
}

Node to_bool(const Node& node) {
  if (node.is_bool()) return node;
  if (node.is_null()) return Node(false);
  if (node.is_int()) return Node(node.integer() != 0);
  if (node.is_float()) return Node(node.floating() != 0);
  const std::string text = text_of(node);
  std::string lower;
  for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  require(lower == "true" || lower == "false", "bool() of '{}': allowed are true and false", text);
  return Node(lower == "true");
}

Node cast_scalar(const Node& node, Cast type) {
  if (type == Cast::to_bool) return to_bool(node);
  require(!node.is_null(), "a cast of null (only bool() takes it)");
  require(is_text(node) || node.is_bool() || node.is_int() || node.is_float(), "a cast of a {}",
          node.kind_name());
  if (type == Cast::to_int) return to_int(node);
  return type == Cast::to_float ? to_float(node) : to_str(node);
}

Element cast_sweep(const Sweep& sweep, Cast type) {
  Sweep result;
  result.kind = sweep.kind;
  result.simple = sweep.simple;
  switch (sweep.kind) {
    case Sweep::Kind::choice:
      for (const Element& value : sweep.values) {
        require(value.sweep() == nullptr, "a cast of a sweep inside a sweep");
        result.values.push_back(cast(value, type));
      }
      break;
    case Sweep::Kind::glob:
      throw UsageError("a cast of glob() (its values are names)");
    case Sweep::Kind::range:
      result.step = sweep.step;
      [[fallthrough]];
    case Sweep::Kind::interval:
      require(type == Cast::to_int || type == Cast::to_float,
              "range() and interval() can be cast to int or float only");
      result.start = cast_scalar(sweep.start, type);
      result.stop = cast_scalar(sweep.stop, type);
      if (sweep.kind == Sweep::Kind::range) result.step = cast_scalar(sweep.step, type);
  }
  return {std::make_shared<const Sweep>(std::move(result))};
}

}  // namespace

Element cast(const Element& value, Cast type) {
  if (const Sweep* sweep = value.sweep()) return cast_sweep(*sweep, type);
  if (const auto* quoted = std::get_if<Element::Quoted>(&value.form))
    return {cast_scalar(Node(quoted->text), type)};
  if (const auto* list = std::get_if<Element::List>(&value.form)) {
    Element::List items;
    for (const Element& item : *list) items.push_back(cast(item, type));
    return {std::move(items)};
  }
  if (const auto* dict = std::get_if<Element::Dict>(&value.form)) {
    Element::Dict entries;
    for (const auto& [key, item] : *dict) entries.emplace_back(key, cast(item, type));
    return {std::move(entries)};
  }
  return {cast_scalar(std::get<Node>(value.form), type)};
}

}  // namespace strang::config
