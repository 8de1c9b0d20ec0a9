#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/config/node.h"

namespace strang::config {

struct Sweep;

// A value as it stands in an override: a typed scalar, a quoted string (which remembers its quote),
// a list, a dictionary, or a sweep over values.
struct Element {
  struct Quoted {
    std::string text;
    char quote = '\'';
  };
  using List = std::vector<Element>;
  using Dict = std::vector<std::pair<Key, Element>>;

  std::variant<Node, Quoted, List, Dict, std::shared_ptr<const Sweep>> form = Node{};

  const Sweep* sweep() const;
  // The value; every node of it gets the origin. The element must hold no sweep (UsageError).
  Node to_node(const Origin& origin) const;
  // The value as an override line would write it: escapes and quotes put back. Throws UsageError
  // for a sweep, which has no such text.
  std::string text() const;
};

// A value of a configuration as an override line would write it.
Element to_element(const Node& node);

// A set of values to run: `1,2,3` (simple), choice(...), range(...), glob(...), or the interval
// that only other sweepers than the Cartesian one can draw from.
struct Sweep {
  enum class Kind { choice, range, interval, glob };

  Kind kind = Kind::choice;
  bool simple = false;                        // written as `1,2,3`
  bool shuffle = false;                       // in an order drawn from a seed
  std::set<std::string> tags;                 // tag(a, b, ...)
  std::vector<Element> values;                // choice
  Node start, stop, step;                     // range (stop excluded); interval has start and stop
  std::vector<std::string> include, exclude;  // glob patterns over the options of a group
};

// One override line, parsed: `key=value` changes, `+key=value` adds, `++key=value` does either,
// `~key` or `~key=value` removes. `key` may name a config group ("model/unet"), then `package` says
// where its option goes ("model/unet@net").
struct Override {
  enum class Kind { change, add, force_add, remove };

  Kind kind = Kind::change;
  std::string key;
  std::optional<std::string> package;
  std::optional<Element> value;  // only `~key` has none
  std::string text;              // the line as given

  const Sweep* sweep() const { return value ? value->sweep() : nullptr; }
  // "key" or "key@package"
  std::string key_with_package() const;
  // The same behind its prefix: "+model/unet@net".
  std::string key_element() const;
  // The value (null for a bare `~key`), with this override as its origin.
  Node node() const;
};

}  // namespace strang::config
