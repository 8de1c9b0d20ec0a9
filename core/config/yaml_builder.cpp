#include "core/config/yaml_builder.h"

#include <algorithm>
#include <utility>

#include "core/config/quoted_scalar.h"
#include "core/config/yaml_scalar.h"
#include "core/error.h"

namespace strang::config {
namespace {

// Aliases may double the document with every line; beyond this many nodes it is refused.
constexpr std::size_t max_nodes = 200'000;

constexpr std::string_view core_tag = "tag:yaml.org,2002:";

std::size_t count_nodes(const Node& node) {
  std::size_t count = 1;
  if (node.is_list())
    for (const Node& child : node.list()) count += count_nodes(child);
  if (node.is_map())
    for (const auto& [key, child] : node.map()) count += count_nodes(child);
  return count;
}

// Merged keys come first, of two merged maps the first one counts, the map's own keys count more.
Node with_merged(const std::vector<Node>& merged, Node own) {
  Node whole(Node::Map{}, own.origin());
  for (const Node& part : merged)
    for (const auto& [key, child] : part.map())
      if (whole.find_key(key) == nullptr) whole.set(key, child);
  for (auto& [key, child] : own.map()) whole.set(key, std::move(child));
  return whole;
}

}  // namespace

YamlBuilder::YamlBuilder(const std::string& text, std::string source)
    : text_(text), source_(std::move(source)), line_starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n') line_starts_.push_back(i + 1);
}

void YamlBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (!stack_.empty()) {
    const Frame& top = stack_.back();
    if (top.flow && top.node.is_list() && character(mark) == ',') fail(mark, "an empty list item");
    if (!top.flow && top.node.is_map() && top.key) check_colon(top);
  }
  add(Node(Null{}, at(mark)), mark, anchor, {"~", false});
}

void YamlBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto known = anchors_.find(anchor);
  if (known == anchors_.end()) fail(mark, "the alias stands inside its own anchor");
  nodes_ += count_nodes(known->second);
  if (nodes_ > max_nodes) fail(mark, "the aliases expand to too many values");
  add(known->second, mark, 0, {"", true});
}

void YamlBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& text) {
  const bool quoted = character(mark) == '\'' || character(mark) == '"';
  const auto decoded = quoted_scalar(text_, offset(mark));
  if (quoted && !decoded) fail(mark, "the quote is not closed");
  try {
    add(Node(scalar_value(tag, decoded.value_or(text), mark), at(mark)), mark, anchor,
        {text, tag != "?"});
  } catch (const UsageError& error) {
    if (std::string_view(error.what()).find(source_) == 0) throw;
    fail(mark, error.what());
  }
}

void YamlBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                  YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
  check_tag(mark, tag, "seq");
  open(Node(Node::List{}, at(mark)), mark, anchor, style);
}

void YamlBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value style) {
  check_tag(mark, tag, "map");
  open(Node(Node::Map{}, at(mark)), mark, anchor, style);
}

std::size_t YamlBuilder::offset(const YAML::Mark& mark) const {
  const auto line = static_cast<std::size_t>(mark.line);
  if (line >= line_starts_.size()) return text_.size();
  return line_starts_[line] + static_cast<std::size_t>(mark.column);
}

void YamlBuilder::fail(const YAML::Mark& mark, std::string_view what) const {
  throw UsageError(fmt::format("{}:{}:{}: {}", source_, mark.line + 1, mark.column + 1, what));
}

char YamlBuilder::character(const YAML::Mark& mark) const {
  const std::size_t place = offset(mark);
  return place < text_.size() ? text_[place] : '\0';
}

Node::Value YamlBuilder::scalar_value(const std::string& tag, const std::string& text,
                                      const YAML::Mark& mark) const {
  // yaml-cpp gives quoted scalars the tag "!", which a plain one may carry too
  const bool no_tag = tag == "?" || tag.empty() || tag == core_tag;
  if (no_tag || (tag == "!" && character(mark) == '!')) {
    require(text.find('\t') == std::string::npos, "tab in a plain text (quote it)");
    return plain_scalar(text);
  }
  if (tag == "!") return tagged_scalar("str", text);
  if (tag.compare(0, core_tag.size(), core_tag) == 0)
    return tagged_scalar(std::string_view(tag).substr(core_tag.size()), text);
  throw UsageError(
      fmt::format("unknown tag '{}' (allowed: !!str, !!int, !!float, !!bool, !!null)", tag));
}

void YamlBuilder::check_tag(const YAML::Mark& mark, const std::string& tag,
                            std::string_view allowed) const {
  const bool named = !tag.empty() && tag != "?" && tag != "!";
  if (named && tag != std::string(core_tag) + std::string(allowed))
    fail(mark, fmt::format("a list or a map cannot have the tag '{}'", tag));
}

// yaml-cpp takes a last line without a colon for a key that has no value.
void YamlBuilder::check_colon(const Frame& top) const {
  if (top.key_size == 0) return;
  const std::string_view line_start(text_.data(), top.key_begin);
  const std::size_t before = line_start.find_last_not_of(" \t");
  if (before != std::string_view::npos && line_start[before] == '?') return;  // "? key"
  const std::size_t behind = text_.find_first_not_of(" \t", top.key_begin + top.key_size);
  if (behind < text_.size() && text_[behind] == ':') return;
  const auto line = std::upper_bound(line_starts_.begin(), line_starts_.end(), top.key_begin) -
                    line_starts_.begin();
  throw UsageError(
      fmt::format("{}:{}: no ':' behind '{}'", source_, line, std::string_view(*top.key)));
}

void YamlBuilder::open(Node node, const YAML::Mark& mark, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) {
  if (!stack_.empty()) {
    const Frame& top = stack_.back();
    if (top.node.is_map() && !top.key && !top.merging)
      fail(mark, "a key must be a scalar, not a list or a map");
  }
  stack_.push_back({std::move(node), mark, anchor, style == YAML::EmitterStyle::Flow});
}

void YamlBuilder::close() {
  Frame frame = std::move(stack_.back());
  stack_.pop_back();
  if (!frame.merged.empty()) frame.node = with_merged(frame.merged, std::move(frame.node));
  add(std::move(frame.node), frame.mark, frame.anchor, {"", true});
}

void YamlBuilder::add(Node node, const YAML::Mark& mark, YAML::anchor_t anchor,
                      const Spelling& spelling) {
  ++nodes_;
  if (anchor != 0) anchors_[anchor] = node;
  if (stack_.empty()) {
    root_ = std::move(node);
    return;
  }
  Frame& top = stack_.back();
  const bool is_value = top.node.is_list() || top.merging || top.key;
  if (is_value && spelling.text == "<<" && !spelling.quoted)
    fail(mark, "a plain '<<' is no value (quote it)");
  if (top.node.is_list()) {
    top.node.list().push_back(std::move(node));
  } else if (top.merging) {
    collect_merged(top, std::move(node), mark);
  } else if (top.key) {
    // 1 and true are one key and may be repeated: the last value stays
    top.node.set(*std::exchange(top.key, std::nullopt), std::move(node));
  } else {
    take_key(top, node, mark, spelling);
  }
}

void YamlBuilder::take_key(Frame& top, const Node& node, const YAML::Mark& mark,
                           const Spelling& spelling) {
  if (node.is_container()) fail(mark, "a key must be a scalar, not a list or a map");
  if (spelling.text == "<<" && !spelling.quoted) {
    top.merging = true;
    return;
  }
  if (node.is_null()) fail(mark, "a key must not be null");
  Key key = scalar_key(node);
  if (key.kind == Key::Kind::text) {
    if (const Node* first = top.node.find_key(key))
      fail(mark, fmt::format("repeated key '{}' (first at line {})", std::string_view(key),
                             first->origin().line));
  }
  top.key = std::move(key);
  top.key_begin = offset(mark);
  top.key_size = spelling.quoted ? 0 : spelling.text.size();
}

void YamlBuilder::collect_merged(Frame& top, Node node, const YAML::Mark& mark) const {
  top.merging = false;
  if (node.is_map()) {
    top.merged.push_back(std::move(node));
    return;
  }
  if (!node.is_list()) fail(mark, "a merge key '<<' takes a map or a list of maps");
  for (Node& item : node.list()) {
    if (!item.is_map()) fail(mark, "a merge key '<<' takes a map or a list of maps");
    top.merged.push_back(std::move(item));
  }
}

}  // namespace strang::config
