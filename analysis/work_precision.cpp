#include "analysis/work_precision.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/error.h"

namespace strang::analysis {
namespace {

struct Point {
  std::size_t run;
  double nfe;
  Measured error;
};

Measured frechet_of(const FeatureComparison& c) {
  return {c.frechet, c.interval.value_or(Interval{c.frechet, c.frechet})};
}

// What precision is measured in: that of the first run that has any.
struct Measure {
  std::string norm;       // or
  std::string extractor;  // Frechet distance in its features

  std::string heading() const {
    return norm.empty() ? "Frechet (" + extractor + ") [95 %]" : norm + " [95 %]";
  }
  std::optional<Measured> of(const RunSummary& run) const {
    for (const ErrorSummary& error : run.errors)
      if (error.norm == norm) return error.rms;
    for (const FeatureSummary& features : run.features)
      if (norm.empty() && features.extractor == extractor) return frechet_of(features.distances);
    return std::nullopt;
  }
};

Measure measure_of(const RunSet& set) {
  for (const RunSummary& run : set.runs)
    if (!run.errors.empty()) return {run.errors[0].norm, ""};
  for (const RunSummary& run : set.runs)
    if (!run.features.empty()) return {"", run.features[0].extractor};
  throw UsageError("work against precision needs runs with errors or Frechet distances");
}

std::vector<Point> points_of(const RunSet& set, const Measure& measure) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < set.runs.size(); ++i)
    if (const auto error = measure.of(set.runs[i])) points.push_back({i, set.runs[i].nfe, *error});
  std::stable_sort(points.begin(), points.end(), [](const Point& a, const Point& b) {
    return std::pair(a.nfe, a.error.value) < std::pair(b.nfe, b.error.value);
  });
  return points;
}

}  // namespace

TextTable make_work_table(const RunSet& set) {
  const Measure measure = measure_of(set);
  std::vector<Column> columns = {{"NFE", Align::right, 4}, {"rank"}};
  for (const std::string& key : set.keys) columns.push_back({key, Align::left});
  columns.push_back({measure.heading()});
  columns.push_back({"note", Align::left});
  TextTable table(std::move(columns));
  std::optional<Point> best;
  double nfe = -1;
  std::int64_t rank = 0;
  for (const Point& point : points_of(set, measure)) {
    rank = point.nfe == nfe ? rank + 1 : 1;
    nfe = point.nfe;
    std::string note;
    if (!best || point.error.value < best->error.value) {
      best = point;
      note = "front";
    } else if (point.error.interval.low <= best->error.interval.high) {
      note = "overlaps the front";
    }
    std::vector<Cell> row = {point.nfe, rank};
    row.insert(row.end(), set.values[point.run].begin(), set.values[point.run].end());
    row.insert(row.end(), {point.error, note});
    table.add_row(std::move(row));
  }
  return table;
}

}  // namespace strang::analysis
