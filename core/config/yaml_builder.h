#pragma once

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/node.h"

namespace strang::config {

// Builds a tree from yaml-cpp's events. yaml-cpp's own tree would lose repeated keys, merge keys
// and the difference between a quoted and a plain scalar; where its scanner is more lenient than it
// should be, the builder looks at the text itself. Throws UsageError with line and column.
class YamlBuilder final : public YAML::EventHandler {
 public:
  // `text` must outlive the builder.
  YamlBuilder(const std::string& text, std::string source);

  Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

 private:
  // How a scalar was written: what makes it a merge key, or a key of another kind than text.
  struct Spelling {
    std::string text;
    bool quoted = false;
  };
  // A list or a map whose end has not come yet.
  struct Frame {
    Node node;
    YAML::Mark mark;
    YAML::anchor_t anchor = 0;
    bool flow = false;          // written in brackets
    std::optional<Key> key{};   // of a map: the key that waits for its value
    std::size_t key_begin = 0;  // where it is written
    std::size_t key_size = 0;   // its length, when it is plain
    bool merging = false;       // the waiting key is `<<`
    std::vector<Node> merged{};
  };

  Origin at(const YAML::Mark& mark) const { return {source_, mark.line + 1, mark.column + 1}; }
  std::size_t offset(const YAML::Mark& mark) const;
  char character(const YAML::Mark& mark) const;
  [[noreturn]] void fail(const YAML::Mark& mark, std::string_view what) const;

  Node::Value scalar_value(const std::string& tag, const std::string& text,
                           const YAML::Mark& mark) const;
  void check_tag(const YAML::Mark& mark, const std::string& tag, std::string_view allowed) const;
  void check_colon(const Frame& top) const;

  void open(Node node, const YAML::Mark& mark, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style);
  void close();
  void add(Node node, const YAML::Mark& mark, YAML::anchor_t anchor, const Spelling& spelling);
  void take_key(Frame& top, const Node& node, const YAML::Mark& mark, const Spelling& spelling);
  void collect_merged(Frame& top, Node node, const YAML::Mark& mark) const;

  const std::string& text_;
  std::string source_;
  std::vector<std::size_t> line_starts_;
  Node root_;
  std::size_t nodes_ = 0;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, Node> anchors_;
};

}  // namespace strang::config
