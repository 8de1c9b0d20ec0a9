#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/options.h"
#include "core/sampling/process.h"

namespace strang {

// intervals + 1 values from `first` to `last`, both exact, whose images under `map` are equally
// spaced; `inverse` is the inverse of `map`. No interval: `first` alone.
template <class Map, class Inverse>
std::vector<double> spaced(double first, double last, int intervals, Map map, Inverse inverse) {
  std::vector<double> values{first};
  const double begin = map(first), end = map(last);
  for (int i = 1; i < intervals; ++i)
    values.push_back(inverse(begin + static_cast<double>(i) / intervals * (end - begin)));
  if (intervals > 0) values.push_back(last);
  return values;
}

// How a grid ends: at the last value of its rule, or with one more step from there to zero noise.
// Either way a grid of n steps has n + 1 nodes.
struct LastStep {
  std::string last;
  std::string stay;  // what the choice without the step is called

  void fields(OptionVisitor& v) {
    v.field("last", last,
            "zero: the last step goes on to zero noise, and counts as one of the steps")
        .one_of({"zero", stay});
  }
  // Intervals of the rule in a grid of that many steps.
  int intervals(int steps) const { return last == "zero" ? steps - 1 : steps; }
  std::vector<double> finish(std::vector<double> times, double zero) const {
    if (last == "zero") times.push_back(zero);
    return times;
  }
};

// The range of a schedule that is a rule in process time.
struct TimeRange {
  std::optional<double> start;
  double end = 1e-3;
  LastStep last{"none", "none"};

  void fields(OptionVisitor& v) {
    v.field("start", start, "first time; null: where the process ends");
    v.field("end", end, "last time of the rule").at_least(0);
    last.fields(v);
  }

  // Times from start to end, equally spaced under `map`.
  template <class Map, class Inverse>
  std::vector<double> times(const Process& process, int steps, Map map, Inverse inverse) const {
    const double first = start.value_or(process.time().end);
    require(end < first, "schedule.end is {:g}, but must be below the start, {:g}", end, first);
    return last.finish(spaced(first, end, last.intervals(steps), map, inverse),
                       process.time().begin);
  }
};

}  // namespace strang
