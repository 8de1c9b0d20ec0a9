#include "core/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <utility>

#include "core/error.h"

namespace strang {
namespace {

using config::Node;

std::string shown(const Node& node) {
  if (node.is_string()) return "'" + std::get<std::string>(node.value()) + "'";
  if (node.is_bool()) return std::get<bool>(node.value()) ? "true" : "false";
  if (node.is_int()) return fmt::format("{}", std::get<std::int64_t>(node.value()));
  if (node.is_float()) return fmt::format("{}", std::get<double>(node.value()));
  return std::string("a value of type ") + std::string(node.kind_name());
}

double number(const Node& node) {
  return node.is_int() ? static_cast<double>(std::get<std::int64_t>(node.value()))
                       : std::get<double>(node.value());
}

class Reader final : public OptionVisitor {
 public:
  Reader(const Node& node, std::string where) : node_(node), where_(std::move(where)) {
    require(node.is_map() || node.is_null(), "{}: '{}' must be a map of options, found {}",
            node.origin().describe(), where_, shown(node));
  }

  // Refuses keys that no field asked for.
  void finish() const {
    if (!node_.is_map()) return;
    for (const auto& [key, value] : node_.map()) {
      if (known_.count(key) != 0 || key == "name") continue;
      const std::vector<std::string> names(known_.begin(), known_.end());
      throw UsageError(fmt::format(
          "{}: unknown option '{}'{}; {}", value.origin().describe(), full(key),
          did_you_mean(key, names),
          names.empty()
              ? fmt::format("'{}' has no options", where_)
              : fmt::format("{} knows {}", where_.empty() ? "the top level" : "'" + where_ + "'",
                            fmt::join(names, ", "))));
    }
  }

 protected:
  void visit(const std::string& name, double& value, const std::string&) override {
    read(name, "a number", [&](const Node& n) {
      if (!n.is_int() && !n.is_float()) return false;
      value = number(n);
      return !std::isnan(value);
    });
  }
  void visit(const std::string& name, int& value, const std::string&) override {
    std::int64_t wide = value;
    visit(name, wide, {});
    const Node* node = node_.find(name);
    require(wide >= std::numeric_limits<int>::min() && wide <= std::numeric_limits<int>::max(),
            "{}: '{}' is {}: too large", node == nullptr ? "" : node->origin().describe(),
            full(name), wide);
    value = static_cast<int>(wide);
  }
  void visit(const std::string& name, std::int64_t& value, const std::string&) override {
    read(name, "an integer", [&](const Node& n) {
      if (n.is_int()) value = std::get<std::int64_t>(n.value());
      return n.is_int();
    });
  }
  void visit(const std::string& name, bool& value, const std::string&) override {
    read(name, "true or false", [&](const Node& n) {
      if (n.is_bool()) value = std::get<bool>(n.value());
      return n.is_bool();
    });
  }
  void visit(const std::string& name, std::string& value, const std::string&) override {
    read(name, "a word", [&](const Node& n) {
      if (n.is_null()) value.clear();
      if (n.is_string()) value = std::get<std::string>(n.value());
      return n.is_string() || n.is_null();
    });
  }
  void visit(const std::string& name, std::vector<double>& value, const std::string&) override {
    read_list(name, "a list of numbers", value, [](const Node& n, double& x) {
      if (n.is_int() || n.is_float()) x = number(n);
      return (n.is_int() || n.is_float()) && !std::isnan(x);
    });
  }
  void visit(const std::string& name, std::vector<std::int64_t>& value,
             const std::string&) override {
    read_list(name, "a list of integers", value, [](const Node& n, std::int64_t& x) {
      if (n.is_int()) x = std::get<std::int64_t>(n.value());
      return n.is_int();
    });
  }
  void visit(const std::string& name, std::vector<std::string>& value,
             const std::string&) override {
    read_list(name, "a list of words", value, [](const Node& n, std::string& x) {
      if (n.is_string()) x = std::get<std::string>(n.value());
      return n.is_string();
    });
  }
  void visit(const std::string& name, std::optional<double>& value, const std::string&) override {
    read(name, "a number or null", [&](const Node& n) {
      value.reset();
      if (n.is_int() || n.is_float()) value = number(n);
      return value.has_value() || n.is_null();
    });
  }
  void visit(const std::string& name, std::optional<std::int64_t>& value,
             const std::string&) override {
    read(name, "an integer or null", [&](const Node& n) {
      value.reset();
      if (n.is_int()) value = std::get<std::int64_t>(n.value());
      return value.has_value() || n.is_null();
    });
  }
  void visit(const std::string& name, Node& value, const std::string&) override {
    read(name, "a value", [&](const Node& n) {
      value = n;
      return true;
    });
  }
  void visit_path(const std::string& name, std::string& value, const std::string&) override {
    visit(name, value, {});
    const Node* node = node_.find(name);
    if (node == nullptr || value.empty() || node->origin().line == 0) return;
    const std::filesystem::path file(value);
    if (file.is_relative())
      value = (std::filesystem::path(node->origin().source).parent_path() / file)
                  .lexically_normal()
                  .string();
  }
  void constrain(const std::string& name, const Allowed& allowed) override {
    const Node* node = node_.find(name);
    if (node == nullptr || (node->is_null() && allowed.words.empty())) return;
    for (const Node& n : node->is_list() ? node->list() : Node::List{*node}) {
      const bool good =
          n.is_null() ? false  // a word must be one of those allowed
          : n.is_string()
              ? allowed.words.empty() || std::count(allowed.words.begin(), allowed.words.end(),
                                                    std::get<std::string>(n.value())) > 0
              : !(n.is_int() || n.is_float()) || allowed.admits(number(n));
      require(good, "{}: '{}' is {}, but must be {}{}", n.origin().describe(), full(name), shown(n),
              allowed.describe(),
              n.is_string() ? did_you_mean(std::get<std::string>(n.value()), allowed.words) : "");
    }
  }

 private:
  std::string full(const std::string& name) const {
    return where_.empty() ? name : where_ + "." + name;
  }

  template <class F>
  void read(const std::string& name, std::string_view expected, F accept) {
    known_.insert(name);
    const Node* node = node_.find(name);
    if (node == nullptr) return;
    require(!node->is_missing(), "{}: '{}' has no value yet (three question marks): set it to {}",
            node->origin().describe(), full(name), expected);
    require(accept(*node), "{}: '{}' must be {}, found {}", node->origin().describe(), full(name),
            expected, shown(*node));
  }

  template <class T, class F>
  void read_list(const std::string& name, std::string_view expected, std::vector<T>& value,
                 F accept) {
    read(name, expected, [&](const Node& n) {
      value.clear();
      if (n.is_null()) return true;
      const Node::List items = n.is_list() ? n.list() : Node::List{n};
      return std::all_of(items.begin(), items.end(), [&](const Node& item) {
        T element{};
        if (!accept(item, element)) return false;
        value.push_back(element);
        return true;
      });
    });
  }

  const Node& node_;
  std::string where_;
  std::set<std::string> known_;
};

// Turns every kind of option into a node.
class Writer : public OptionVisitor {
 public:
  Node take() { return std::move(node_); }

 protected:
  void visit(const std::string& name, double& v, const std::string&) override { put(name, v); }
  void visit(const std::string& name, int& v, const std::string&) override {
    put(name, std::int64_t{v});
  }
  void visit(const std::string& name, std::int64_t& v, const std::string&) override {
    put(name, v);
  }
  void visit(const std::string& name, bool& v, const std::string&) override { put(name, v); }
  void visit(const std::string& name, std::string& v, const std::string&) override {
    if (v.empty())
      put(name, config::Null{});
    else
      put(name, v);
  }
  void visit(const std::string& name, std::vector<double>& v, const std::string&) override {
    put_list(name, v);
  }
  void visit(const std::string& name, std::vector<std::int64_t>& v, const std::string&) override {
    put_list(name, v);
  }
  void visit(const std::string& name, std::vector<std::string>& v, const std::string&) override {
    put_list(name, v);
  }
  void visit(const std::string& name, std::optional<double>& v, const std::string&) override {
    put(name, v ? Node::Value(*v) : Node::Value(config::Null{}));
  }
  void visit(const std::string& name, std::optional<std::int64_t>& v, const std::string&) override {
    put(name, v ? Node::Value(*v) : Node::Value(config::Null{}));
  }
  void visit(const std::string& name, Node& v, const std::string&) override { node_.set(name, v); }
  void visit_path(const std::string& name, std::string& v, const std::string& help) override {
    visit(name, v, help);
  }
  void constrain(const std::string&, const Allowed&) override {}

 private:
  void put(const std::string& name, Node::Value value) { node_.set(name, Node(std::move(value))); }
  template <class T>
  void put_list(const std::string& name, const std::vector<T>& values) {
    Node::List list;
    for (const T& value : values) list.emplace_back(Node::Value(value));
    put(name, std::move(list));
  }

  Node node_ = Node(Node::Map{});
};

class Helper final : public OptionVisitor {
 public:
  std::vector<OptionHelp> take() { return std::move(options_); }

 protected:
  void visit(const std::string& name, double& v, const std::string& help) override {
    add(name, "number", fmt::format("{:g}", v), help);
  }
  void visit(const std::string& name, int& v, const std::string& help) override {
    add(name, "integer", fmt::format("{}", v), help);
  }
  void visit(const std::string& name, std::int64_t& v, const std::string& help) override {
    add(name, "integer", fmt::format("{}", v), help);
  }
  void visit(const std::string& name, bool& v, const std::string& help) override {
    add(name, "bool", v ? "true" : "false", help);
  }
  void visit(const std::string& name, std::string& v, const std::string& help) override {
    add(name, "word", v.empty() ? "null" : v, help);
  }
  void visit(const std::string& name, std::vector<double>& v, const std::string& help) override {
    add(name, "numbers", fmt::format("[{}]", fmt::join(v, ", ")), help);
  }
  void visit(const std::string& name, std::vector<std::int64_t>& v,
             const std::string& help) override {
    add(name, "integers", fmt::format("[{}]", fmt::join(v, ", ")), help);
  }
  void visit(const std::string& name, std::vector<std::string>& v,
             const std::string& help) override {
    add(name, "words", fmt::format("[{}]", fmt::join(v, ", ")), help);
  }
  void visit(const std::string& name, std::optional<double>& v, const std::string& help) override {
    add(name, "number", v ? fmt::format("{:g}", *v) : "null", help);
  }
  void visit(const std::string& name, std::optional<std::int64_t>& v,
             const std::string& help) override {
    add(name, "integer", v ? fmt::format("{}", *v) : "null", help);
  }
  void visit(const std::string& name, Node& v, const std::string& help) override {
    add(name, "tree", v.is_null() ? "null" : "...", help);
  }
  void visit_path(const std::string& name, std::string& v, const std::string& help) override {
    add(name, "path", v.empty() ? "null" : v, help);
  }
  void constrain(const std::string& name, const Allowed& allowed) override {
    for (OptionHelp& option : options_)
      if (option.name == name) option.allowed = allowed.describe();
  }

 private:
  void add(const std::string& name, std::string type, std::string value, const std::string& help) {
    options_.push_back({name, std::move(type), std::move(value), "", help});
  }
  std::vector<OptionHelp> options_;
};

void collect(const Node& node, const std::string& where, std::size_t depth, NumberArray& array) {
  if (node.is_int() || node.is_float()) {
    require(depth == array.shape.size(), "{}: '{}' mixes numbers and lists",
            node.origin().describe(), where);
    array.values.push_back(number(node));
    return;
  }
  require(node.is_list(), "{}: '{}' must be numbers, found {}", node.origin().describe(), where,
          shown(node));
  const auto size = static_cast<std::int64_t>(node.list().size());
  if (depth == array.shape.size()) {
    require(array.values.empty(), "{}: '{}' mixes numbers and lists", node.origin().describe(),
            where);
    array.shape.push_back(size);
  }
  require(array.shape[depth] == size, "{}: '{}' has rows of {} and of {} entries",
          node.origin().describe(), where, array.shape[depth], size);
  for (const Node& child : node.list()) collect(child, where, depth + 1, array);
}

}  // namespace

bool Allowed::admits(double value) const {
  return (open_low ? value > low : value >= low) && (open_high ? value < high : value <= high);
}

std::string Allowed::describe() const {
  if (!words.empty()) return fmt::format("one of {}", fmt::join(words, ", "));
  if (std::isfinite(low) && std::isfinite(high)) return fmt::format("in [{:g}, {:g}]", low, high);
  if (std::isfinite(low)) return fmt::format("{} {:g}", open_low ? ">" : ">=", low);
  if (std::isfinite(high)) return fmt::format("{} {:g}", open_high ? "<" : "<=", high);
  return "";
}

void read_options(const Node& node, const std::string& where, const Fields& fields) {
  Reader reader(node, where);
  fields(reader);
  reader.finish();
}

Node write_options(const Fields& fields) {
  Writer writer;
  fields(writer);
  return writer.take();
}

std::vector<OptionHelp> list_options(const Fields& fields) {
  Helper helper;
  fields(helper);
  return helper.take();
}

NumberArray read_numbers(const Node& node, const std::string& where) {
  NumberArray array;
  collect(node, where, 0, array);
  return array;
}

}  // namespace strang
