#include "experiments/sweep/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/config/dump.h"
#include "core/error.h"
#include "core/terminal/progress.h"
#include "experiments/experiment.h"
#include "experiments/sources.h"

namespace strang {
namespace {

using analysis::Align;

class Nothing final : public Observer {
 public:
  void node(const Node&, const at::Tensor&, Rows) override {}
  void record(const Record&, const at::Tensor&, Rows) override {}
  void result(const at::Tensor&, Rows) override {}
};

// What decides how long an evaluation takes.
std::string evaluation_key(const config::Node& config) {
  config::Node key{config::Node::Map{}};
  for (const char* name : {"process", "model", "samples", "microbatch", "dtype", "threads"})
    if (const config::Node* node = config.find(name)) key.set(name, *node);
  return config::canonical(key);
}

const char* word(CellState::Kind kind) {
  switch (kind) {
    case CellState::Kind::done:
      return "done";
    case CellState::Kind::failed:
      return "failed";
    case CellState::Kind::running:
      return "running";
    case CellState::Kind::waiting:
      return "waiting";
  }
  return "";
}

}  // namespace

LiveTable::LiveTable(const SweepPlan& plan) : cells_(plan.cells.size()) {
  for (const Cell& cell : plan.cells) {
    nfe_[cell.number] = cell.nfe;
    label_width_ = std::max(label_width_, std::min(60, analysis::display_width(cell.label)));
  }
}

void LiveTable::header() {
  if (headed_) return;
  headed_ = true;
  std::fprintf(stderr, "cell  %-*s  %10s  %10s  %8s\n", label_width_, "run", "NFE", "error",
               "seconds");
}

// From the cells that this process has run; other processes make it shorter.
std::string LiveTable::time_left() const {
  double left = 0;
  for (const auto& [number, nfe] : nfe_) left += nfe;
  if (nfe_run_ <= 0 || left <= 0) return "";
  return ", about " + terminal::duration_text(seconds_ / nfe_run_ * left) + " left";
}

void LiveTable::ran(const Cell& cell, const analysis::RunSummary& run) {
  header();
  run_.insert(cell.number);
  nfe_.erase(cell.number);
  const std::string start = fmt::format("{:4d}  {:<{}}", cell.number, cell.label, label_width_);
  if (run.status != "complete") {
    std::fprintf(stderr, "%s  failed: %s\n", start.c_str(), run.note.c_str());
    return;
  }
  nfe_run_ += cell.nfe;
  seconds_ += run.seconds;
  const std::string error =
      run.errors.empty() ? "" : fmt::format("{:.3g}", run.errors[0].rms.value);
  std::fprintf(stderr, "%s  %10.4g  %10s  %8.3g\n", start.c_str(), run.nfe, error.c_str(),
               run.seconds);
}

void LiveTable::progress(std::size_t settled, std::size_t cells) {
  settled_ = settled;
  const bool terminal = terminal::ProgressSink::standard_error().terminal;
  if (!headed_ || (!terminal && settled % 10 != 0)) return;
  std::fprintf(stderr, "      %zu of %zu cells%s\n", settled, cells, time_left().c_str());
}

double measure_evaluation(const Cell& cell, const Composer& composer, const Registry& registry) {
  try {
    config::Node config = composer.resolved(cell.overrides, cell.number);
    config.set("steps", config::Node(std::int64_t{2}));
    config.set("nfe", config::Node());
    Experiment e = build_experiment(config, registry);
    const auto noise = make_noise(e.spec, *e.grid, e.program, e.model->event_shape());
    const auto initial = make_initial(e.spec, *e.grid, e.model->event_shape());
    const double all = static_cast<double>(e.spec.samples);
    e.spec.samples = std::min(e.spec.samples, 2 * e.spec.microbatch);
    Nothing nothing;
    double seconds = 0, evaluations = 0;
    for (int i = 0; i < 2; ++i) {  // the first one warms up
      const auto start = std::chrono::steady_clock::now();
      const Counters counters =
          run_program(e.program, *e.field, e.spec, *noise, initial, nothing, 0);
      seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      evaluations = static_cast<double>(counters.evaluations);
    }
    return seconds / evaluations * all;
  } catch (const Error&) {
    return std::nan("");
  }
}

analysis::TextTable make_plan_table(const SweepPlan& plan, const Composer& composer,
                                    const Registry& registry) {
  analysis::TextTable table({{"job"},
                             {"run", Align::left},
                             {"steps"},
                             {"NFE", Align::right, 6},
                             {"seconds"},
                             {"note", Align::left}});
  std::map<std::string, double> measured;  // seconds of an evaluation
  struct Shared {
    double nfe = 0, seconds = 0;
    int cells = 0;
  };
  std::map<std::string, Shared> references;
  double nfe = 0, seconds = 0;
  for (const Cell& cell : plan.cells) {
    const auto number = static_cast<std::int64_t>(cell.number);
    if (!cell.error.empty()) {
      table.add_row({number, cell.label, {}, {}, {}, cell.error});
      continue;
    }
    const config::Node config = composer.resolved(cell.overrides, cell.number);
    const auto [known, fresh] = measured.try_emplace(evaluation_key(config));
    if (fresh) known->second = measure_evaluation(cell, composer, registry);
    table.add_row({number, cell.label, std::int64_t{cell.steps}, cell.nfe, cell.nfe * known->second,
                   std::string()});
    nfe += cell.nfe;
    seconds += cell.nfe * known->second;
    if (cell.reference.empty()) continue;
    Shared& shared = references[cell.reference];
    shared = {cell.reference_nfe, cell.reference_nfe * known->second, shared.cells + 1};
  }
  for (const auto& [hash, shared] : references) {
    table.add_row({{},
                   "reference " + hash.substr(0, 8),
                   {},
                   shared.nfe,
                   shared.seconds,
                   fmt::format("shared by {} cells", shared.cells)});
    nfe += shared.nfe;
    seconds += shared.seconds;
  }
  table.add_row({{}, "total", {}, nfe, seconds, std::string()});
  return table;
}

analysis::TextTable make_status_table(const SweepFolder& folder, const std::vector<Cell>& cells) {
  analysis::TextTable table(
      {{"cell"}, {"run", Align::left}, {"state", Align::left}, {"note", Align::left}});
  for (const Cell& cell : cells) {
    const CellState state = folder.state(cell);
    table.add_row(
        {static_cast<std::int64_t>(cell.number), cell.label, word(state.kind), state.message});
  }
  return table;
}

}  // namespace strang
