#include "analysis/run_diff.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "analysis/number_text.h"
#include "core/config/dump.h"
#include "core/config/yaml.h"
#include "core/error.h"
#include "core/program/listing.h"
#include "core/program/program_file.h"
#include "core/store/file.h"

namespace strang::analysis {
namespace {

using config::Node;

void collect(const Node& node, const std::string& path,
             std::vector<std::pair<std::string, std::string>>& out) {
  const bool empty = node.is_map() ? node.map().empty() : node.is_list() && node.list().empty();
  const bool plain_list =
      node.is_list() && std::none_of(node.list().begin(), node.list().end(),
                                     [](const Node& item) { return item.is_container(); });
  if (!node.is_container() || empty || plain_list) {
    out.emplace_back(path, node.is_string() ? node.text() : config::canonical(node));
    return;
  }
  const std::string prefix = path.empty() ? "" : path + ".";
  if (node.is_map())
    for (const auto& [key, value] : node.map()) collect(value, prefix + key, out);
  if (node.is_list())
    for (std::size_t i = 0; i < node.list().size(); ++i)
      collect(node.list()[i], prefix + std::to_string(i), out);
}

// A long value says little in a message.
std::string shortened(std::string text) {
  constexpr std::size_t most = 80;
  return text.size() <= most ? text : text.substr(0, most) + "...";
}

class Comparison {
 public:
  Comparison(const std::string& a, const std::string& b)
      : a_(store::File::open(a).root()), b_(store::File::open(b).root()) {
    for (const auto& [root, path] : {std::pair{&a_, a}, {&b_, b}})
      require(root->has_attribute("spec") && root->has("grid/t"),
              "{}: this is no run file of strang", path);
  }

  std::vector<std::string> run() {
    compare_specs();
    for (const char* name : {"strang_revision", "dirty", "libtorch", "cpu_capability", "status"})
      compare_attribute(name);
    compare_programs();
    for (const char* path : {"grid/t", "trajectory/state", "trajectory/input", "trajectory/data",
                             "samples/state", "reference/state"})
      compare_datasets(path);
    for (const char* norm : {"rmse", "linf"}) compare_datasets(std::string("error/") + norm);
    return std::move(lines_);
  }

 private:
  void compare_specs() {
    Node specs[2];
    for (int i = 0; i < 2; ++i) {
      const store::Group& root = i == 0 ? a_ : b_;
      specs[i] = parse_spec(root.attribute<std::string>("spec"), root.where());
      for (const char* key : {"output", "threads", "launcher", "name"}) specs[i].erase(key);
    }
    if (const auto found = first_difference(specs[0], specs[1]))
      lines_.push_back(fmt::format("config {}: {} | {}", found->key, found->a, found->b));
  }

  static std::string text_of(const store::Group& root, const char* name) {
    if (!root.has_attribute(name)) return "nothing";
    const store::Attribute value = root.attribute(name);
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return std::to_string(std::get<std::int64_t>(value));
  }

  void compare_attribute(const char* name) {
    const std::string a = text_of(a_, name), b = text_of(b_, name);
    if (a != b) lines_.push_back(fmt::format("{}: {} | {}", name, a, b));
  }

  void compare_programs() {
    const std::vector<std::string> a = list_operations(load_program(a_.group("program")), {17}),
                                   b = list_operations(load_program(b_.group("program")), {17});
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
      const std::string x = i < a.size() ? a[i] : "nothing", y = i < b.size() ? b[i] : "nothing";
      if (x == y) continue;
      lines_.push_back(fmt::format("program line {}:\n  {}\n  {}", i + 1, x, y));
      return;
    }
  }

  // The position of a flat index: "node 3, sample 0, slot 0, component 1".
  static std::string position(const store::Dataset& dataset, std::int64_t index) {
    std::vector<std::string> parts;
    const store::Shape& shape = dataset.shape();
    const std::vector<std::string> axes = dataset.axes();
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      const std::string name = axes[axis] == "followed" ? "sample" : axes[axis];
      parts.insert(parts.begin(),
                   fmt::format("{} {}", name.empty() ? "axis" : name, index % shape[axis]));
      index /= shape[axis];
    }
    return fmt::format("{}", fmt::join(parts, ", "));
  }

  void compare_datasets(const std::string& path) {
    if (!a_.has(path) && !b_.has(path)) return;
    if (!a_.has(path) || !b_.has(path)) {
      lines_.push_back(
          fmt::format("/{}: only in the {} file", path, a_.has(path) ? "first" : "second"));
      return;
    }
    const store::Dataset a = a_.dataset(path), b = b_.dataset(path);
    if (a.description() != b.description()) {
      lines_.push_back(fmt::format("/{}: {} | {}", path, a.description(), b.description()));
      return;
    }
    compare_values(path, a, b);
  }

  // By rows, so that the memory is bounded by one of them. Missing values (NaN) are equal.
  void compare_values(const std::string& path, const store::Dataset& a, const store::Dataset& b) {
    if (a.size() == 0) return;
    const std::int64_t rows = a.shape()[0], row_size = a.size() / rows;
    double largest = 0;
    std::string first;
    for (std::int64_t row = 0; row < rows; ++row) {
      const auto x = a.read<double>(a.rows(row, 1)), y = b.read<double>(b.rows(row, 1));
      for (std::int64_t i = 0; i < row_size; ++i) {
        if (x[i] == y[i] || (std::isnan(x[i]) && std::isnan(y[i]))) continue;
        if (first.empty())
          first =
              fmt::format("{}: {} | {}", position(a, row * row_size + i), exact(x[i]), exact(y[i]));
        largest = std::max(largest, std::abs(x[i] - y[i]));
      }
    }
    if (!first.empty())
      lines_.push_back(
          fmt::format("/{} at {} (largest difference {})", path, first, significant(largest)));
  }

  store::Group a_, b_;
  std::vector<std::string> lines_;
};

}  // namespace

Node parse_spec(const std::string& yaml, const std::string& where) {
  return config::parse_yaml(yaml, where);
}

std::vector<std::pair<std::string, std::string>> leaves(const Node& tree) {
  std::vector<std::pair<std::string, std::string>> out;
  collect(tree, "", out);
  return out;
}

std::optional<KeyDifference> first_difference(const Node& a, const Node& b) {
  const auto x = leaves(a), y = leaves(b);
  const std::map<std::string, std::string> in_a(x.begin(), x.end()), in_b(y.begin(), y.end());
  const auto value = [](const auto& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::string("nothing") : shortened(found->second);
  };
  const auto differs = [&](const std::string& key) {
    const auto p = in_a.find(key), q = in_b.find(key);
    return p == in_a.end() || q == in_b.end() || p->second != q->second;
  };
  for (const auto* side : {&x, &y})
    for (const auto& [key, ignored] : *side)
      if (differs(key)) return KeyDifference{key, value(in_a, key), value(in_b, key)};
  return std::nullopt;
}

std::vector<std::string> differences(const std::string& a, const std::string& b) {
  return Comparison(a, b).run();
}

}  // namespace strang::analysis
