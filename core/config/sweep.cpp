#include "core/config/sweep.h"

#include <algorithm>
#include <cmath>

#include "core/config/decimal.h"
#include "core/config/override_parser.h"
#include "core/config/sweep_functions.h"
#include "core/error.h"

namespace strang::config {
namespace {

bool is_float_range(const Sweep& sweep) {
  return sweep.start.is_float() || sweep.stop.is_float() || sweep.step.is_float();
}

std::int64_t whole(const Node& node) {
  return node.is_bool() ? std::int64_t{node.boolean()} : node.integer();
}

double real(const Node& node) {
  return node.is_float() ? node.floating() : static_cast<double>(whole(node));
}

std::vector<Element> int_range(const Sweep& sweep, std::size_t limit) {
  const std::int64_t stop = whole(sweep.stop), step = whole(sweep.step);
  require(step != 0, "range() with a step of zero");
  std::vector<Element> values;
  std::int64_t value = whole(sweep.start);
  while ((step > 0 ? value < stop : value > stop) && values.size() < limit) {
    values.emplace_back().form = Node(value);
    if (__builtin_add_overflow(value, step, &value)) break;
  }
  return values;
}

Decimal exact(const Node& node) {
  return node.is_float() ? Decimal(node.floating()) : Decimal(whole(node));
}

// start, start, start, ... where no step can move it.
std::vector<Element> infinite_start(double start, double stop, double step, std::size_t limit) {
  if (!(step > 0 ? start < stop : start > stop)) return {};
  return std::vector<Element>(limit, Element{Node(start)});
}

std::vector<Element> float_range(const Sweep& sweep, std::size_t limit) {
  const double start = real(sweep.start), stop = real(sweep.stop), step = real(sweep.step);
  require(!std::isnan(start) && !std::isnan(stop) && !std::isnan(step), "range() with nan");
  require(step != 0, "range() with a step of zero");
  if (std::isinf(start)) return infinite_start(start, stop, step, limit);
  const Decimal end = exact(std::isinf(stop) ? Node(0.0) : sweep.stop);
  const auto inside = [&](const Decimal& value) {
    if (std::isinf(stop)) return (stop > 0) == (step > 0);
    return step > 0 ? value < end : end < value;
  };
  std::vector<Element> values;
  for (Decimal value = exact(sweep.start); inside(value) && values.size() < limit;) {
    // the first value is the start itself, so that -0.0 keeps its sign
    values.push_back({Node(values.empty() ? start : value.to_double())});
    if (std::isinf(step)) break;
    value = value + exact(sweep.step);
  }
  return values;
}

std::vector<Element> glob_values(const Sweep& sweep, const std::string& group,
                                 const GroupOptions& options) {
  require(static_cast<bool>(options), "glob() needs the options of group '{}'", group);
  const auto any = [](const std::vector<std::string>& patterns, const std::string& name) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return matches_glob(pattern, name); });
  };
  std::vector<Element> values;
  for (const std::string& name : options(group))
    if (any(sweep.include, name) && !any(sweep.exclude, name)) values.push_back({Node(name)});
  return values;
}

std::vector<Element> choice_values(const Sweep& sweep) {
  for (const Element& value : sweep.values)
    require(value.sweep() == nullptr, "a sweep inside a sweep");
  return sweep.values;
}

std::vector<Element> all_values(const Sweep& sweep, const std::string& key,
                                const GroupOptions& options, std::size_t limit) {
  switch (sweep.kind) {
    case Sweep::Kind::glob:
      return glob_values(sweep, key, options);
    case Sweep::Kind::choice:
      return choice_values(sweep);
    case Sweep::Kind::range:
      if (is_float_range(sweep)) return float_range(sweep, limit);
      return int_range(sweep, limit);
    case Sweep::Kind::interval:
      break;
  }
  throw UsageError("interval() cannot be enumerated (use range() or a list of values)");
}

// All lines that one override stands for.
std::vector<std::string> lines(const Override& override, const GroupOptions& options,
                               std::uint64_t seed, std::size_t max_jobs) {
  const std::string key = override.key_element();
  if (!override.value) return {key};
  const Sweep* sweep = override.sweep();
  if (sweep == nullptr) return {key + "=" + override.value->text()};
  std::vector<std::string> result;
  try {
    for (const Element& value : sweep_values(*sweep, override.key, options, seed, max_jobs + 1))
      result.push_back(key + "=" + value.text());
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("override '{}': {}", override.text, error.what()));
  }
  return result;
}

// A key that comes again replaces the earlier value at its place.
std::vector<Override> last_of_each_key(const std::vector<Override>& overrides) {
  std::vector<Override> kept;
  for (const Override& override : overrides) {
    const auto same = std::find_if(kept.begin(), kept.end(), [&](const Override& other) {
      return other.key_element() == override.key_element();
    });
    if (same == kept.end())
      kept.push_back(override);
    else
      *same = override;
  }
  return kept;
}

}  // namespace

std::vector<Element> sweep_values(const Sweep& sweep, const std::string& key,
                                  const GroupOptions& options, std::uint64_t seed,
                                  std::size_t limit) {
  std::vector<Element> values = all_values(sweep, key, options, limit);
  if (values.size() > limit)
    values.erase(values.begin() + static_cast<std::ptrdiff_t>(limit), values.end());
  if (sweep.shuffle) shuffle_in_place(values, seed);
  return values;
}

std::vector<Job> expand(const std::vector<Override>& overrides, const GroupOptions& options,
                        std::uint64_t seed, std::size_t max_jobs) {
  std::vector<Job> jobs(1);
  for (const Override& override : last_of_each_key(overrides)) {
    const std::vector<std::string> choices = lines(override, options, seed, max_jobs);
    require(jobs.size() * choices.size() <= max_jobs,
            "override '{}': the sweep has more than {} jobs", override.text, max_jobs);
    std::vector<Job> longer;
    longer.reserve(jobs.size() * choices.size());
    for (const Job& job : jobs) {
      for (const std::string& line : choices) {
        longer.push_back(job);
        longer.back().push_back(line);
      }
    }
    jobs = std::move(longer);
  }
  return jobs;
}

std::vector<Override> with_params(const Node& params, std::vector<Override> overrides,
                                  std::uint64_t seed) {
  if (params.is_null()) return overrides;
  require(params.is_map(), "{}: the parameters of a sweep are a map of key to values, found a {}",
          params.origin().describe(), params.kind_name());
  std::vector<Override> all;
  for (const auto& [key, value] : params.map()) {
    const std::string text = value.is_string() ? value.text() : to_element(value).text();
    all.push_back(parse_override(key + "=" + text, seed));
  }
  all.insert(all.end(), overrides.begin(), overrides.end());
  return last_of_each_key(all);
}

std::string override_dirname(const Job& job) {
  Job sorted = job;
  std::sort(sorted.begin(), sorted.end());
  std::string name;
  for (const std::string& line : sorted) name += (name.empty() ? "" : ",") + line;
  return name;
}

}  // namespace strang::config
