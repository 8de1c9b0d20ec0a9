#include "experiments/sweep/cells.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/config/override_parser.h"
#include "core/config/sweep.h"
#include "core/error.h"

namespace strang {
namespace {

using config::Job;
using config::Node;
using config::Override;

bool sweeps(const std::vector<Override>& overrides) {
  return std::any_of(overrides.begin(), overrides.end(),
                     [](const Override& o) { return o.sweep() != nullptr; });
}

// The overrides of the line that fix a value: what composes the spec whose `sweep` is read.
std::vector<std::string> fixed_lines(const std::vector<Override>& overrides) {
  std::vector<std::string> lines;
  for (const Override& o : overrides)
    if (o.sweep() == nullptr) lines.push_back(o.text);
  return lines;
}

// The parts of the spec's `sweep`.
struct SweepSpec {
  Node params{Node::Map{}};
  std::vector<Node> zips;
  std::vector<Node> cells;
  std::string where;

  explicit SweepSpec(const Node* sweep) {
    if (sweep == nullptr || sweep->is_null()) return;
    require(sweep->is_map(), "{}: 'sweep' is a map of keys and their values, found a {}",
            sweep->origin().describe(), sweep->kind_name());
    for (const auto& [key, value] : sweep->map()) {
      if (value.is_null()) continue;
      if (key == "zip") {
        zips = value.is_list() ? value.list() : Node::List{value};
      } else if (key == "cells") {
        require(value.is_list(), "{}: 'sweep.cells' is a list of cells, found a {}",
                value.origin().describe(), value.kind_name());
        cells = value.list();
      } else if (key == "where") {
        require(value.is_string(), "{}: 'sweep.where' is a condition as text, found a {}",
                value.origin().describe(), value.kind_name());
        where = value.text();
      } else {
        params.set(key, value);
      }
    }
  }
  bool empty() const { return params.map().empty() && zips.empty() && cells.empty(); }
};

// The keys that the lines of some cells set, for labels.
class Keys {
 public:
  void add(const std::string& line) { keys_.insert(config::parse_override(line).key_element()); }
  // The part of a cell's lines that differs between cells.
  std::string label(const Job& job) const {
    std::string label;
    for (const std::string& line : job)
      if (keys_.count(config::parse_override(line).key_element()) != 0)
        label += (label.empty() ? "" : " ") + line;
    return label;
  }

 private:
  std::set<std::string> keys_;
};

// "key=value" for every value of a zipped key, which is a text with commas or a list.
std::vector<std::string> zipped_lines(const std::string& key, const Node& values,
                                      const config::GroupOptions& options) {
  std::vector<std::string> lines;
  if (values.is_list()) {
    for (const Node& value : values.list())
      lines.push_back(key + "=" + config::to_element(value).text());
    return lines;
  }
  const std::string text = values.is_string() ? values.text() : config::to_element(values).text();
  for (const Job& job : config::expand({config::parse_override(key + "=" + text)}, options))
    lines.push_back(job.at(0));
  return lines;
}

// The rows of one zip: the lines that go together. Keys that the command line gives are left out.
std::vector<Job> zip_rows(const Node& zip, const std::vector<Override>& given,
                          const config::GroupOptions& options) {
  require(zip.is_map(), "{}: 'sweep.zip' is a map of keys and their values, found a {}",
          zip.origin().describe(), zip.kind_name());
  for (const auto& [key, values] : zip.map())
    require(!values.is_null(),
            "{}: zipped key '{}' has no values (between braces a comma ends a value: write [1, 2] "
            "or '1,2')",
            zip.origin().describe(), std::string(key));
  std::vector<Job> rows;
  std::string first;
  for (const auto& [key, values] : zip.map()) {
    const std::string name = key;
    if (std::any_of(given.begin(), given.end(),
                    [&](const Override& o) { return o.key_element() == name; }))
      continue;
    const std::vector<std::string> lines = zipped_lines(name, values, options);
    require(first.empty() || lines.size() == rows.size(),
            "{}: zipped keys need equally many values: '{}' has {}, '{}' has {}",
            values.origin().describe(), first, rows.size(), name, lines.size());
    if (first.empty()) rows.resize(lines.size());
    if (first.empty()) first = name;
    for (std::size_t i = 0; i < lines.size(); ++i) rows[i].push_back(lines[i]);
  }
  return rows;
}

// A listed cell: a map, a text with override lines, or a list of them.
Job listed_lines(const Node& cell) {
  Job lines;
  if (cell.is_map()) {
    for (const auto& [key, value] : cell.map())
      lines.push_back(std::string(key) + "=" + config::to_element(value).text());
  } else if (cell.is_list()) {
    for (const Node& item : cell.list()) {
      require(item.is_string(), "{}: a listed cell holds override lines, found a {}",
              item.origin().describe(), item.kind_name());
      lines.push_back(item.text());
    }
  } else {
    require(cell.is_string(), "{}: a listed cell is a map or override lines, found a {}",
            cell.origin().describe(), cell.kind_name());
    lines.push_back(cell.text());
  }
  for (const std::string& line : lines)
    require(config::parse_override(line).sweep() == nullptr,
            "{}: '{}' in a listed cell gives several values", cell.origin().describe(), line);
  return lines;
}

std::vector<Job> multiplied(const std::vector<Job>& jobs, const std::vector<Job>& rows) {
  constexpr std::size_t limit = 100'000;
  require(jobs.size() * rows.size() <= limit, "the sweep has more than {} jobs", limit);
  std::vector<Job> product;
  for (const Job& job : jobs)
    for (const Job& row : rows) {
      product.push_back(job);
      product.back().insert(product.back().end(), row.begin(), row.end());
    }
  return product;
}

// Every combination of the swept overrides and the zips, then the listed cells.
std::vector<Job> all_jobs(const SweepSpec& spec, const std::vector<Override>& given,
                          const std::vector<Override>& overrides,
                          const config::GroupOptions& options, Keys& keys) {
  std::vector<Job> jobs;
  if (sweeps(overrides) || !spec.zips.empty()) jobs = config::expand(overrides, options);
  for (const Override& o : overrides)
    if (o.sweep() != nullptr) keys.add(o.text);
  for (const Node& zip : spec.zips) {
    const std::vector<Job> rows = zip_rows(zip, given, options);
    for (const Job& row : rows)
      for (const std::string& line : row) keys.add(line);
    if (!rows.empty()) jobs = multiplied(jobs, rows);
  }
  for (const Node& cell : spec.cells) {
    Job lines = fixed_lines(overrides);
    for (const std::string& line : listed_lines(cell)) {
      keys.add(line);
      lines.push_back(line);
    }
    jobs.push_back(lines);
  }
  return jobs;
}

}  // namespace

SweepLines sweep_lines(const Composer& composer, const CommandLine& line) {
  std::vector<Override> given;
  for (const std::string& text : line.overrides) given.push_back(config::parse_override(text));
  const config::Node config = composer.compose(fixed_lines(given)).config;
  const SweepSpec spec(config.find("sweep"));
  require(line.multirun || !spec.empty() || !sweeps(given),
          "an override gives several values: add -m (--multirun) to run every combination");
  const std::vector<Override> overrides = config::with_params(spec.params, given);
  if (spec.zips.empty() && spec.cells.empty() && !sweeps(overrides)) {
    std::vector<std::string> lines;
    for (const Override& o : overrides) lines.push_back(o.text);
    return {false, {{lines, ""}}, ""};
  }
  const auto options = [&](const std::string& group) {
    return composer.search_path().options(group);
  };
  Keys keys;
  SweepLines result{true, {}, spec.where};
  for (const Job& job : all_jobs(spec, given, overrides, options, keys))
    result.cells.push_back({job, keys.label(job)});
  return result;
}

}  // namespace strang
