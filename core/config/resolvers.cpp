#include <algorithm>
#include <array>

#include "core/config/comma_list.h"
#include "core/config/number_text.h"
#include "core/config/resolver.h"
#include "core/config/yaml.h"
#include "core/error.h"

namespace strang::config {
namespace {

using Arguments = std::vector<Node>;
using Place = Resolver::Place;

void expect_count(const Resolver& resolver, const Place& at, const Arguments& arguments,
                  std::size_t least, std::size_t most) {
  if (arguments.size() >= least && arguments.size() <= most) return;
  resolver.fail(at, least == most
                        ? fmt::format("{} argument(s) expected, found {}", least, arguments.size())
                        : fmt::format("{} to {} arguments expected, found {}", least, most,
                                      arguments.size()));
}

const std::string& text_argument(const Resolver& resolver, const Place& at, const Node& argument) {
  if (!argument.is_string())
    resolver.fail(at, fmt::format("a name is expected, found a {}", argument.kind_name()));
  return argument.text();
}

Node env(Resolver& resolver, const Arguments& arguments, const Place& at) {
  expect_count(resolver, at, arguments, 1, 2);
  const std::string& name = text_argument(resolver, at, arguments[0]);
  const auto& environment = resolver.surroundings().environment;
  if (const auto found = environment ? environment(name) : std::nullopt) return Node(*found);
  if (arguments.size() < 2)
    resolver.fail(at, fmt::format("environment variable '{}' is not set (a default may follow: "
                                  "${{oc.env:{},value}})",
                                  name, name));
  return arguments[1].is_null() ? Node(Null{}) : Node(value_text(arguments[1]));
}

Node create(Resolver& resolver, const Arguments& arguments, const Place& at) {
  expect_count(resolver, at, arguments, 1, 1);
  const Node& argument = arguments[0];
  if (argument.is_null() || argument.is_container()) return argument;
  if (!argument.is_string())
    resolver.fail(at, fmt::format("a list, a map or YAML text is expected, found a {}",
                                  argument.kind_name()));
  Node parsed = parse_yaml(argument.text(), at.back().node->origin().describe());
  if (parsed.is_null()) return Node(Node::Map{});
  if (!parsed.is_container()) resolver.fail(at, "the text is neither a list nor a map");
  resolve(parsed, resolver.surroundings());
  return parsed;
}

Node decode(Resolver& resolver, const Arguments& arguments, const Place& at) {
  expect_count(resolver, at, arguments, 1, 1);
  if (arguments[0].is_null()) return arguments[0];
  return resolver.evaluate(parse_element(text_argument(resolver, at, arguments[0])), at);
}

Node select(Resolver& resolver, const Arguments& arguments, const Place& at) {
  expect_count(resolver, at, arguments, 1, 2);
  const std::string& path = text_argument(resolver, at, arguments[0]);
  if (path.empty()) resolver.fail(at, "the path is empty");
  const Place found = resolver.select_text(at, path);
  if (!found.empty() && !found.back().node->is_missing()) return resolver.value(found);
  return arguments.size() > 1 ? arguments[1] : Node(Null{});
}

Place selected_map(Resolver& resolver, const Arguments& arguments, const Place& at) {
  expect_count(resolver, at, arguments, 1, 1);
  const std::string& path = text_argument(resolver, at, arguments[0]);
  Place found = resolver.select_text(at, path);
  if (found.empty()) resolver.fail(at, fmt::format("there is no key '{}'", path));
  if (!found.back().node->is_map())
    resolver.fail(at,
                  fmt::format("'{}' is a {}, not a dict", path, found.back().node->kind_name()));
  return found;
}

Node dict_keys(Resolver& resolver, const Arguments& arguments, const Place& at) {
  Node::List keys;
  for (const auto& [key, child] : selected_map(resolver, arguments, at).back().node->map()) {
    switch (key.kind) {
      case Key::Kind::integer:
        keys.emplace_back(checked_int(key));
        break;
      case Key::Kind::floating:
        keys.emplace_back(text_to_float(key).value_or(0));
        break;
      case Key::Kind::boolean:
        keys.emplace_back(key == "true");
        break;
      default:
        keys.emplace_back(std::string(key));
    }
  }
  return Node(std::move(keys));
}

Node dict_values(Resolver& resolver, const Arguments& arguments, const Place& at) {
  const Node map = resolver.value(selected_map(resolver, arguments, at));
  Node::List values;
  for (const auto& [key, child] : map.map()) values.push_back(child);
  return Node(std::move(values));
}

void replace_all(std::string& text, std::string_view what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

Node deprecated(Resolver& resolver, const Arguments& arguments, const Place& at) {
  expect_count(resolver, at, arguments, 1, 2);
  const std::string& path = text_argument(resolver, at, arguments[0]);
  const Place found = resolver.select_text(at, path);
  if (found.empty()) resolver.fail(at, fmt::format("there is no key '{}'", path));
  std::string message = "'$OLD_KEY' is deprecated, use '$NEW_KEY'";
  if (arguments.size() > 1) message = text_argument(resolver, at, arguments[1]);
  replace_all(message, "$OLD_KEY", at.back().key);
  replace_all(message, "$NEW_KEY", path);
  if (auto* warnings = resolver.surroundings().warnings) warnings->push_back(message);
  return resolver.value(found);
}

Node now(Resolver& resolver, const Arguments& arguments, const Place& at) {
  expect_count(resolver, at, arguments, 1, 1);
  const std::string& pattern = text_argument(resolver, at, arguments[0]);
  std::array<char, 512> buffer{};
  const std::size_t length =
      std::strftime(buffer.data(), buffer.size(), pattern.c_str(), &resolver.surroundings().now);
  return Node(std::string(buffer.data(), length));
}

Node hydra(Resolver& resolver, const Arguments& arguments, const Place& at) {
  expect_count(resolver, at, arguments, 1, 2);
  const std::string& path = text_argument(resolver, at, arguments[0]);
  const Node* tree = resolver.surroundings().hydra;
  if (const Node* found = tree != nullptr ? tree->at_path(path) : nullptr) return *found;
  if (arguments.size() > 1) return arguments[1];
  resolver.fail(at, fmt::format("there is no 'hydra.{}'", path));
}

struct Entry {
  std::string_view name;
  Node (*function)(Resolver&, const Arguments&, const Place&);
};
constexpr Entry resolvers[] = {{"oc.env", env},
                               {"oc.create", create},
                               {"oc.decode", decode},
                               {"oc.select", select},
                               {"oc.dict.keys", dict_keys},
                               {"oc.dict.values", dict_values},
                               {"oc.deprecated", deprecated},
                               {"now", now},
                               {"hydra", hydra}};

}  // namespace

Node call_resolver(Resolver& resolver, const std::string& name, const Arguments& arguments,
                   const Place& at) {
  std::vector<std::string> names;
  for (const Entry& entry : resolvers) {
    if (entry.name == name) return entry.function(resolver, arguments, at);
    names.emplace_back(entry.name);
  }
  resolver.fail(at, fmt::format("unknown resolver '{}'{}; there are {}", name,
                                did_you_mean(name, names), comma_list(names)));
}

}  // namespace strang::config
