#include "core/config/typed_json.h"

#include <nlohmann/json.hpp>

#include "core/config/number_text.h"
#include "core/config/override_parser.h"
#include "core/error.h"

namespace strang::config {
namespace {

using Json = nlohmann::ordered_json;

Json typed(const char* type, Json value) { return {{"t", type}, {"v", std::move(value)}}; }

Json key_json(const Key& key) {
  switch (key.kind) {
    case Key::Kind::null:
      return {{"t", "null"}};
    case Key::Kind::boolean:
      return typed("bool", key == "true");
    case Key::Kind::integer:
      return typed("int", std::string(key));
    case Key::Kind::floating:
      return typed("float", std::string(key));
    case Key::Kind::text:
      break;
  }
  return typed("str", std::string(key));
}

Json list_json(const auto& items) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(typed_json(item));
  return typed("list", std::move(list));
}

Json dict_json(const auto& entries) {
  Json dict = Json::array();
  for (const auto& [key, value] : entries) dict.push_back({key_json(key), typed_json(value)});
  return typed("dict", std::move(dict));
}

Json sweep_json(const Sweep& sweep) {
  Json json;
  switch (sweep.kind) {
    case Sweep::Kind::choice: {
      Json list = Json::array();
      for (const Element& value : sweep.values) list.push_back(typed_json(value));
      json = {{"t", "choice"}, {"list", std::move(list)}, {"simple", sweep.simple}};
      break;
    }
    case Sweep::Kind::range:
      json = {{"t", "range"},
              {"start", typed_json(sweep.start)},
              {"stop", typed_json(sweep.stop)},
              {"step", typed_json(sweep.step)}};
      break;
    case Sweep::Kind::interval:
      json = {
          {"t", "interval"}, {"start", typed_json(sweep.start)}, {"end", typed_json(sweep.stop)}};
      break;
    case Sweep::Kind::glob:
      json = {{"t", "glob"}, {"include", sweep.include}, {"exclude", sweep.exclude}};
      break;
  }
  if (sweep.shuffle) json["shuffle"] = true;
  if (!sweep.tags.empty()) json["tags"] = sweep.tags;
  return json;
}

const char* value_type(const Override& override) {
  static constexpr const char* names[] = {"choice_sweep", "range_sweep", "interval", "glob"};
  const Sweep* sweep = override.sweep();
  if (sweep == nullptr) return "element";
  return sweep->simple ? "simple_choice" : names[static_cast<int>(sweep->kind)];
}

void add_sweep(Json& json, const Override& override, const GroupOptions& options) {
  constexpr std::size_t shown = 256;
  if (override.sweep()->kind == Sweep::Kind::interval) return;
  try {
    const std::vector<Element> values =
        sweep_values(*override.sweep(), override.key, options, 0, shown + 1);
    Json typed = Json::array(), strings = Json::array();
    for (std::size_t i = 0; i < std::min(values.size(), shown); ++i) {
      typed.push_back(typed_json(values[i]));
      strings.push_back(values[i].text());
    }
    json["sweep_values"] = std::move(typed);
    json["sweep_strings"] = std::move(strings);
    if (values.size() > shown) json["sweep_truncated"] = true;
  } catch (const UsageError& error) {
    json["sweep_error"] = {{"error", true}, {"message", error.what()}};
  }
}

}  // namespace

Json typed_json(const Node& node) {
  if (node.is_null()) return {{"t", "null"}};
  if (node.is_missing()) return typed("missing", "???");
  if (node.is_bool()) return typed("bool", node.boolean());
  if (node.is_int()) return typed("int", std::to_string(node.integer()));
  if (node.is_float()) return typed("float", float_text(node.floating()));
  if (node.is_string())
    return typed(node.is_interpolation() ? "interpolation" : "str", node.text());
  return node.is_list() ? list_json(node.list()) : dict_json(node.map());
}

Json typed_json(const Element& element) {
  if (const Sweep* sweep = element.sweep()) return sweep_json(*sweep);
  if (const auto* quoted = std::get_if<Element::Quoted>(&element.form)) {
    Json json =
        quoted->text == "???" ? typed_json(Node(Missing{})) : typed_json(Node(quoted->text));
    json["quote"] = quoted->quote == '"' ? "double" : "single";
    return json;
  }
  if (const auto* list = std::get_if<Element::List>(&element.form)) return list_json(*list);
  if (const auto* dict = std::get_if<Element::Dict>(&element.form)) return dict_json(*dict);
  return typed_json(std::get<Node>(element.form));
}

Json override_json(const Override& override, const GroupOptions& options) {
  static constexpr const char* kinds[] = {"change", "add", "force_add", "delete"};
  Json json = {{"line", override.text},
               {"kind", kinds[static_cast<int>(override.kind)]},
               {"key_or_group", override.key},
               {"package", override.package ? Json(*override.package) : Json()},
               {"value_type", override.value ? Json(value_type(override)) : Json()},
               {"key_string", override.key_element()},
               {"value", override.value ? typed_json(*override.value) : Json()}};
  if (override.sweep() != nullptr)
    add_sweep(json, override, options);
  else if (override.value)
    json["value_string"] = override.value->text();
  return json;
}

}  // namespace strang::config
