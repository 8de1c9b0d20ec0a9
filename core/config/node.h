#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace strang::config {

// Where a value was written: a place in a file, or a command-line override. Every node keeps one,
// and every message about a node prints it.
struct Origin {
  std::string source;  // path of the file, or the text of the override
  int line = 0;        // from 1; 0 for an override or a value made by the program
  int column = 0;      // from 1; 0 when not known

  // "configs/config.yaml:12", "override 'steps=abc'", or "default".
  std::string describe() const;
};

struct Null {
  bool operator==(const Null&) const = default;
};
struct Missing {  // '???'
  bool operator==(const Missing&) const = default;
};

// A key of a map. Keys are text, except that YAML files and override dictionaries may write numbers
// and booleans (`1: a`, `true: b`): such a key keeps its kind, and its text is its YAML spelling.
struct Key : std::string {
  enum class Kind { text, integer, floating, boolean, null };

  Key(std::string text, Kind key_kind = Kind::text)
      : std::string(std::move(text)), kind(key_kind) {}
  Key(std::string_view text) : std::string(text) {}
  Key(const char* text) : std::string(text) {}

  // Same key: numbers and booleans by their numeric value (1, 1.0 and true are one key), text by
  // its characters; text never equals a number ("1" and 1 are two keys).
  bool same_as(const Key& other) const;

  Kind kind = Kind::text;
};

// One value of a configuration tree: null, missing (`???`), bool, integer, float, string, list or
// map. Maps keep the order of insertion. A string that holds an unresolved `${...}` is an ordinary
// string until `resolve` (core/config/interpolation.h) replaces it. A Node is a value: copies are
// deep.
class Node {
 public:
  using List = std::vector<Node>;
  using Map = std::vector<std::pair<Key, Node>>;
  using Value = std::variant<Null, Missing, bool, std::int64_t, double, std::string, List, Map>;

  Node() = default;  // null
  Node(Value value, Origin origin = {}) : value_(std::move(value)), origin_(std::move(origin)) {}

  const Value& value() const { return value_; }
  Value& value() { return value_; }
  const Origin& origin() const { return origin_; }
  void set_origin(Origin origin) { origin_ = std::move(origin); }

  bool is_null() const { return std::holds_alternative<Null>(value_); }
  bool is_missing() const { return std::holds_alternative<Missing>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_int() const { return std::holds_alternative<std::int64_t>(value_); }
  bool is_float() const { return std::holds_alternative<double>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_list() const { return std::holds_alternative<List>(value_); }
  bool is_map() const { return std::holds_alternative<Map>(value_); }
  bool is_container() const { return is_list() || is_map(); }
  // A string that holds an unresolved `${...}`.
  bool is_interpolation() const;

  // Contents; the node must be of that kind (std::bad_variant_access is a bug, not a user mistake).
  bool boolean() const { return std::get<bool>(value_); }
  std::int64_t integer() const { return std::get<std::int64_t>(value_); }
  double floating() const { return std::get<double>(value_); }
  const std::string& text() const { return std::get<std::string>(value_); }
  const List& list() const { return std::get<List>(value_); }
  List& list() { return std::get<List>(value_); }
  const Map& map() const { return std::get<Map>(value_); }
  Map& map() { return std::get<Map>(value_); }

  // The child of a map by a text key, or null when this is no map or has no such key.
  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
  // The same for a key of any kind.
  const Node* find_key(const Key& key) const;
  Node* find_key(const Key& key);
  // Inserts or replaces a child (a replaced child keeps its place); turns a null node into a map.
  Node& set(const Key& key, Node child);
  // Removes a child of a map; false when there is none.
  bool erase(std::string_view key);
  // Child by dotted path ("reference.steps", "list.0"); null when absent.
  const Node* at_path(std::string_view path) const;
  // Sets a child by dotted path, makes the maps on the way, and replaces scalars that are in the
  // way. A list item must exist. Throws UsageError otherwise.
  Node& set_path(std::string_view path, Node child);

  // "null", "bool", "int", "float", "str", "list", "dict" or "missing": for messages.
  std::string_view kind_name() const;

  // Same kind and same content (nan equals nan); origins do not matter, the order of keys neither.
  bool same_as(const Node& other) const;

 private:
  Value value_ = Null{};
  Origin origin_;
};

// "a.b.0" in parts; also reads "a[0].b". An empty path has no parts.
std::vector<std::string> split_path(std::string_view path);
// Index of a list item written as text; -1 when the text is no index of a list of that size.
// Negative indices count from the end.
std::ptrdiff_t list_index(std::string_view text, std::size_t size);

}  // namespace strang::config
