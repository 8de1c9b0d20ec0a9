#include "core/config/dump.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/config/emitter.h"
#include "core/config/number_text.h"
#include "core/config/scalar_style.h"
#include "core/config/utf8.h"
#include "core/config/yaml_scalar.h"

namespace strang::config {
namespace {

// A key of at most this many characters, on one line, stands before its colon without a "?".
constexpr std::size_t short_key = 122;

std::string float_yaml(double value) {
  std::string text = float_text(value);
  if (text == "nan") return ".nan";
  if (text == "inf") return ".inf";
  if (text == "-inf") return "-.inf";
  const auto e = text.find('e');
  if (e != std::string::npos && text.find('.') == std::string::npos) text.insert(e, ".0");
  return text;
}

class Writer {
 public:
  std::string write(const Node& node) {
    value(node, Place::root);
    out_.end_line();
    return out_.take();
  }

 private:
  enum class Place { root, item, map_value };

  void value(const Node& node, Place place) {
    if (node.is_list() && !node.list().empty()) return list(node.list(), place);
    if (node.is_map() && !node.map().empty()) return map(node.map());
    const int outer = out_.indent;
    out_.indent = outer < 0 ? 2 : outer + 2;
    scalar(node);
    out_.indent = outer;
  }

  void scalar(const Node& node) {
    if (node.is_string()) return out_.string(node.text(), false);
    if (node.is_null()) return out_.plain("null");
    if (node.is_missing()) return out_.plain("???");
    if (node.is_bool()) return out_.plain(node.boolean() ? "true" : "false");
    if (node.is_int()) return out_.plain(std::to_string(node.integer()));
    if (node.is_float()) return out_.plain(float_yaml(node.floating()));
    out_.plain(node.is_list() ? "[]" : "{}");
  }

  // A list that is the value of a key stands at the key's own column.
  void list(const Node::List& items, Place place) {
    const int outer = out_.indent;
    if (outer < 0)
      out_.indent = 0;
    else if (place != Place::map_value)
      out_.indent = outer + 2;
    for (const Node& item : items) {
      out_.start_line();
      out_.indicator("-", true, true);
      value(item, Place::item);
    }
    out_.indent = outer;
  }

  void map(const Node::Map& entries) {
    const int outer = out_.indent;
    out_.indent = outer < 0 ? 0 : outer + 2;
    for (const auto& [key, child] : entries) {
      out_.start_line();
      if (is_short(key)) {
        write_key(key, true);
        out_.indicator(":", false);
        value(child, Place::map_value);
      } else {
        out_.indicator("?", true, true);
        write_key(key, false);
        out_.start_line();
        out_.indicator(":", true, true);
        value(child, Place::item);
      }
    }
    out_.indent = outer;
  }

  static bool is_short(const Key& key) {
    const std::u32string points = to_code_points(key);
    return points.size() <= short_key && !points.empty() && !allowed_styles(points).multiline;
  }

  void write_key(const Key& key, bool is_short) {
    const int outer = out_.indent;
    out_.indent += 2;
    switch (key.kind) {
      case Key::Kind::text:
        out_.string(key, is_short);
        break;
      case Key::Kind::floating:
        out_.plain(float_yaml(text_to_float(key).value_or(0)));
        break;
      case Key::Kind::null:
        out_.plain("null");
        break;
      default:
        out_.plain(key);
    }
    out_.indent = outer;
  }

  Emitter out_;
};

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  out += '"';
}

void append_canonical(std::string& out, const Node& node);

void append_sorted(std::string& out, const Node::Map& entries) {
  std::vector<const std::pair<Key, Node>*> sorted;
  for (const auto& entry : entries) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    if (a->first.kind != b->first.kind) return a->first.kind < b->first.kind;
    return std::string_view(a->first) < std::string_view(b->first);
  });
  out += '{';
  for (const auto* entry : sorted) {
    if (out.back() != '{') out += ',';
    if (entry->first.kind == Key::Kind::text)
      append_quoted(out, entry->first);
    else
      out += std::string_view(entry->first);
    out += ':';
    append_canonical(out, entry->second);
  }
  out += '}';
}

void append_canonical(std::string& out, const Node& node) {
  if (node.is_map()) return append_sorted(out, node.map());
  if (node.is_list()) {
    out += '[';
    for (const Node& item : node.list()) {
      if (&item != &node.list().front()) out += ',';
      append_canonical(out, item);
    }
    out += ']';
  } else if (node.is_string()) {
    append_quoted(out, node.text());
  } else if (node.is_float()) {
    out += float_yaml(node.floating());
  } else if (node.is_int()) {
    out += std::to_string(node.integer());
  } else if (node.is_bool()) {
    out += node.boolean() ? "true" : "false";
  } else {
    out += node.is_null() ? "null" : "???";
  }
}

}  // namespace

std::string dump(const Node& node) { return Writer().write(node); }

std::string canonical(const Node& node) {
  std::string out;
  append_canonical(out, node);
  return out;
}

}  // namespace strang::config
