#include "analysis/run_tables.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "analysis/feature_tables.h"
#include "analysis/order.h"
#include "analysis/statistics.h"
#include "core/error.h"
#include "core/store/file.h"

namespace strang::analysis {
namespace {

std::vector<Column> key_columns(const RunSet& set) {
  std::vector<Column> columns;
  for (const std::string& key : set.keys) columns.push_back({key, Align::left});
  return columns;
}

std::vector<Cell> key_cells(const RunSet& set, std::size_t run) {
  return {set.values[run].begin(), set.values[run].end()};
}

TextTable table_of(const RunSet& set, std::vector<Column> columns) {
  std::vector<Column> all = key_columns(set);
  all.insert(all.end(), columns.begin(), columns.end());
  return TextTable(std::move(all));
}

Cell known(double value) { return std::isnan(value) || value < 0 ? Cell() : Cell(value); }
Cell known_signed(double value) { return std::isnan(value) ? Cell() : Cell(value); }

void add_note(std::string& note, const std::string& text) {
  note += (note.empty() ? "" : "; ") + text;
}

const ErrorSummary* find_error(const RunSummary& run, const std::string& norm) {
  for (const ErrorSummary& error : run.errors)
    if (error.norm == norm) return &error;
  return nullptr;
}

// The norms that any of the runs has, in their order.
std::vector<std::string> norms_of(const RunSet& set) {
  std::vector<std::string> norms;
  for (const RunSummary& run : set.runs)
    for (const ErrorSummary& error : run.errors)
      if (std::find(norms.begin(), norms.end(), error.norm) == norms.end())
        norms.push_back(error.norm);
  return norms;
}

bool has_key(const RunSet& set, const std::string& key) {
  return std::find(set.keys.begin(), set.keys.end(), key) != set.keys.end();
}

bool has_notes(const RunSet& set) {
  return std::any_of(set.runs.begin(), set.runs.end(),
                     [](const RunSummary& run) { return !run.note.empty(); });
}

bool has_features(const RunSet& set) {
  return std::any_of(set.runs.begin(), set.runs.end(),
                     [](const RunSummary& run) { return !run.features.empty(); });
}

// Where a published figure is as seen from the run's interval; empty where they measure different
// things.
Cell side_of_published(const RunSummary& run) {
  const ErrorSummary* error = run.published ? find_error(run, run.published->norm) : nullptr;
  if (error == nullptr) return {};
  const Interval& interval = error->rms.interval;
  if (run.published->value < interval.low) return std::string("below");
  return std::string(run.published->value > interval.high ? "above" : "inside");
}

bool compares_published(const RunSet& set) {
  return std::any_of(set.runs.begin(), set.runs.end(), [](const RunSummary& run) {
    return run.published && !run.published->norm.empty();
  });
}

// The heading of the column of published figures, of runs or of weak errors; empty where there are
// none.
std::string published_heading(const RunSet& set, bool weak) {
  for (const RunSummary& run : set.runs)
    if (run.published && run.published->weak.empty() != weak)
      return "published: " + run.published->what;
  return "";
}

Cell published_cell(const RunSummary& run, const std::string& weak) {
  return run.published && run.published->weak == weak ? Cell(run.published->value) : Cell();
}

void add_distances(const RunSummary& run, std::vector<Cell>& row) {
  if (run.features.empty()) {
    row.resize(row.size() + 3);
    return;
  }
  const FeatureComparison& d = run.features[0].distances;
  row.push_back(frechet_cell(d));
  row.emplace_back(d.n);
  row.push_back(d.infinity ? Cell(*d.infinity) : Cell());
}

// The root mean square over the samples that have a value: those of a run that did not end are
// missing.
double rms_of_row(const store::Dataset& dataset, std::int64_t node) {
  std::vector<double> row = dataset.read<double>(dataset.rows(node, 1));
  std::erase_if(row, [](double value) { return std::isnan(value); });
  return row.empty() ? std::nan("") : rms(row);
}

// The errors of each sample at the last node.
std::vector<double> final_errors(const RunSummary& run, const std::string& norm) {
  const store::Dataset errors = store::File::open(run.path).root().dataset("error/" + norm);
  if (errors.shape().size() == 1) return errors.read<double>();
  return errors.read<double>(errors.rows(errors.shape()[0] - 1, 1));
}

// The order of runs of one kind, by their steps.
void add_order_row(TextTable& table, std::vector<Cell> row, const std::string& norm,
                   const std::map<int, const RunSummary*>& runs) {
  std::vector<int> steps;
  std::vector<std::vector<double>> errors;
  bool below = false;
  for (const auto& [count, run] : runs) {
    const ErrorSummary* error = find_error(*run, norm);
    if (error == nullptr) continue;
    steps.push_back(count);
    errors.push_back(final_errors(*run, norm));
    below = below || error->below_floor();
  }
  if (steps.size() < 2) return;
  const Order order = fit_order(steps, errors);
  row.insert(row.end(),
             {norm, fmt::format("{}", fmt::join(steps, ", ")), order.order, order.between.back(),
              std::string(below ? "errors below the reference's floor" : "")});
  table.add_row(row);
}

}  // namespace

TextTable make_run_table(const RunSet& set) {
  const std::vector<std::string> norms = norms_of(set);
  const bool steps = !has_key(set, "steps"), notes = has_notes(set);
  std::vector<Column> columns;
  if (steps) columns.push_back({"steps"});
  columns.push_back({"NFE", Align::right, 4});
  for (std::size_t k = 0; k < norms.size(); ++k) {
    columns.push_back({norms[k] + " [95 %]"});
    if (k > 0) continue;  // the file holds the rest
    for (const char* part : {"median", "p95", "reference"}) columns.push_back({part});
  }
  const bool features = has_features(set);
  if (features)
    for (const char* part : {"Frechet [95 %]", "n", "at infinity [95 %]"})
      columns.push_back({part});
  const std::string published = published_heading(set, false);
  const bool compared = compares_published(set);
  if (!published.empty()) columns.push_back({published});
  if (compared) columns.push_back({"interval", Align::left});
  columns.push_back({"seconds"});
  if (notes) columns.push_back({"note", Align::left});
  TextTable table = table_of(set, columns);
  for (std::size_t i = 0; i < set.runs.size(); ++i) {
    const RunSummary& run = set.runs[i];
    std::vector<Cell> row = key_cells(set, i);
    if (steps) row.emplace_back(std::int64_t{run.steps});
    row.emplace_back(run.nfe);
    for (std::size_t k = 0; k < norms.size(); ++k) {
      const ErrorSummary* s = find_error(run, norms[k]);
      row.push_back(s == nullptr ? Cell() : Cell(s->rms));
      if (k > 0) continue;
      row.push_back(s == nullptr ? Cell() : Cell(s->median));
      row.push_back(s == nullptr ? Cell() : Cell(s->p95));
      row.push_back(s == nullptr ? Cell() : known(s->reference));
    }
    if (features) add_distances(run, row);
    if (!published.empty()) row.push_back(published_cell(run, ""));
    if (compared) row.push_back(side_of_published(run));
    row.emplace_back(run.seconds);
    if (notes) row.emplace_back(run.note);
    table.add_row(row);
  }
  return table;
}

TextTable make_error_table(const RunSet& set) {
  TextTable table = table_of(set, {{"norm", Align::left},
                                   {"mean [95 %]"},
                                   {"rms [95 %]"},
                                   {"median"},
                                   {"p95"},
                                   {"reference"},
                                   {"note", Align::left}});
  for (std::size_t i = 0; i < set.runs.size(); ++i)
    for (const ErrorSummary& s : set.runs[i].errors) {
      std::vector<Cell> row = key_cells(set, i);
      const std::string note = s.below_floor() ? "below the reference's floor" : "";
      row.insert(row.end(), {s.norm, s.mean, s.rms, s.median, s.p95, known(s.reference), note});
      table.add_row(row);
    }
  return table;
}

TextTable make_node_table(const RunSet& set) {
  TextTable table = table_of(
      set, {{"norm", Align::left}, {"node"}, {"t"}, {"rms"}, {"reference"}, {"note", Align::left}});
  for (std::size_t i = 0; i < set.runs.size(); ++i) {
    const store::Group root = store::File::open(set.runs[i].path).root();
    const std::vector<double> times = root.dataset("grid/t").read<double>();
    for (const ErrorSummary& s : set.runs[i].errors) {
      const store::Dataset errors = root.dataset("error/" + s.norm);
      if (errors.shape().size() != 2) continue;  // only the final ones were kept
      const std::string own_path = "reference/own_error_" + s.norm;
      std::vector<double> own(times.size(), std::nan(""));
      if (root.has(own_path)) own = root.dataset(own_path).read<double>();
      for (std::int64_t node = 0; node < errors.shape()[0]; ++node) {
        const double error = rms_of_row(errors, node);
        const bool below = node > 0 && below_reference_floor(error, own[node]);
        std::vector<Cell> row = key_cells(set, i);
        row.insert(row.end(), {s.norm, node, times[node], known(error), known(own[node]),
                               std::string(below ? "below the reference's floor" : "")});
        table.add_row(row);
      }
    }
  }
  return table;
}

TextTable make_order_table(const RunSet& set) {
  const auto steps_key = std::find(set.keys.begin(), set.keys.end(), "steps");
  require(steps_key != set.keys.end(), "an order needs runs that differ in 'steps'");
  const auto at = steps_key - set.keys.begin();
  RunSet groups;  // without the key `steps`
  groups.keys = set.keys;
  groups.keys.erase(groups.keys.begin() + at);
  std::map<std::vector<std::string>, std::map<int, const RunSummary*>> members;
  for (std::size_t i = 0; i < set.runs.size(); ++i) {
    std::vector<std::string> values = set.values[i];
    values.erase(values.begin() + at);
    if (members.count(values) == 0) groups.values.push_back(values);
    members[values][set.runs[i].steps] = &set.runs[i];
  }
  TextTable table = table_of(groups, {{"norm", Align::left},
                                      {"steps", Align::left},
                                      {"order [95 %]"},
                                      {"between the last two [95 %]"},
                                      {"note", Align::left}});
  for (std::size_t g = 0; g < groups.values.size(); ++g)
    for (const std::string& norm : norms_of(set))
      add_order_row(table, key_cells(groups, g), norm, members[groups.values[g]]);
  return table;
}

bool has_weak(const RunSet& set) {
  return std::any_of(set.runs.begin(), set.runs.end(),
                     [](const RunSummary& run) { return !run.weak.empty(); });
}

bool has_parts(const RunSet& set) {
  return std::any_of(set.runs.begin(), set.runs.end(),
                     [](const RunSummary& run) { return !run.parts.empty(); });
}

TextTable make_weak_table(const RunSet& set) {
  const std::string published = published_heading(set, true);
  std::vector<Column> columns = {{"function", Align::left},  {"estimate", Align::right, 4},
                                 {"exact", Align::right, 4}, {"error"},
                                 {"standard error"},         {"from reference"},
                                 {"its standard error"}};
  if (!published.empty()) columns.push_back({published});
  columns.push_back({"note", Align::left});
  TextTable table = table_of(set, std::move(columns));
  for (std::size_t i = 0; i < set.runs.size(); ++i)
    for (const WeakSummary& w : set.runs[i].weak) {
      std::string note;
      if (w.below_noise()) add_note(note, "error below noise");
      if (w.paired_below_noise()) add_note(note, "difference below noise");
      std::vector<Cell> row = key_cells(set, i);
      row.insert(row.end(), {w.function, w.estimate, known_signed(w.exact), known_signed(w.error),
                             w.standard_error, known_signed(w.paired_error),
                             known_signed(w.paired_standard_error)});
      if (!published.empty()) row.push_back(published_cell(set.runs[i], w.function));
      row.emplace_back(note);
      table.add_row(row);
    }
  return table;
}

TextTable make_parts_table(const RunSet& set) {
  const auto find = [](const RunSummary& run, const std::string& name) -> const PartSummary* {
    for (const PartSummary& part : run.parts)
      if (part.part == name) return &part;
    return nullptr;
  };
  std::vector<std::string> names = {"total", "discretisation", "score", "prior", "end_time"};
  std::erase_if(names, [&](const std::string& name) {
    return std::none_of(set.runs.begin(), set.runs.end(),
                        [&](const RunSummary& run) { return find(run, name) != nullptr; });
  });
  std::vector<Column> columns;
  for (const std::string& name : names) columns.push_back({name + " [95 %]"});
  TextTable table = table_of(set, columns);
  for (std::size_t i = 0; i < set.runs.size(); ++i) {
    if (set.runs[i].parts.empty()) continue;
    std::vector<Cell> row = key_cells(set, i);
    for (const std::string& name : names) {
      const PartSummary* part = find(set.runs[i], name);
      row.push_back(part == nullptr ? Cell() : Cell(part->rms));
    }
    table.add_row(row);
  }
  return table;
}

}  // namespace strang::analysis
