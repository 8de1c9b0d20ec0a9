#include "analysis/published.h"

#include <algorithm>

#include "core/config/dump.h"
#include "core/error.h"

namespace strang::analysis {
namespace {

using config::Node;

std::string text_of(const Node& node) {
  return node.is_string() ? node.text() : config::canonical(node);
}

// Whether the spec has this value at a path, as a leaf or as the name of a plugin; null: it has
// none.
bool has_value(const Node& spec, const std::string& path, const Node& value) {
  const Node* found = spec.at_path(path);
  if (found == nullptr) return value.is_null();
  if (!found->is_map()) return text_of(*found) == text_of(value);
  for (const char* key : {"label", "name"}) {
    const Node* name = found->find(key);
    if (name != nullptr && text_of(*name) == text_of(value)) return true;
  }
  return false;
}

bool matches(const Node& entry, const Node& spec) {
  return std::all_of(entry.map().begin(), entry.map().end(), [&](const auto& item) {
    return item.first == "value" || has_value(spec, item.first, item.second);
  });
}

}  // namespace

std::optional<Published> find_published(const Node& spec) {
  const Node* section = spec.find("published");
  if (section == nullptr || section->is_null()) return std::nullopt;
  const Node* what = section->find("what");
  const Node* values = section->find("values");
  const Node *weak = section->find("weak"), *norm = section->find("norm");
  require(what != nullptr && what->is_string() && values != nullptr && values->is_list(),
          "{}: 'published' has the form {{what: TEXT, values: [{{KEY: VALUE, ..., value: NUMBER}}, "
          "...]}}, and may name what it stands beside, 'norm: NORM' or 'weak: NAME'",
          section->origin().describe());
  for (std::size_t i = 0; i < values->list().size(); ++i) {
    const Node& entry = values->list()[i];
    const Node* value = entry.find("value");
    require(value != nullptr && (value->is_float() || value->is_int()),
            "{}: an entry of 'published.values' needs 'value', a number",
            entry.origin().describe());
    if (matches(entry, spec))
      return Published{
          what->text(),
          value->is_float() ? value->floating() : static_cast<double>(value->integer()),
          weak == nullptr ? "" : text_of(*weak), norm == nullptr ? "" : text_of(*norm), i};
  }
  return std::nullopt;
}

}  // namespace strang::analysis
