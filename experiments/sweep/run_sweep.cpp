#include "experiments/sweep/run_sweep.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>

#include "analysis/run_set.h"
#include "core/error.h"
#include "experiments/run_report.h"
#include "experiments/sweep/report.h"

namespace strang {
namespace {

using Kind = CellState::Kind;

std::set<std::size_t> done_cells(const SweepFolder& folder, const SweepPlan& plan) {
  std::set<std::size_t> done;
  for (const Cell& cell : plan.cells)
    if (folder.state(cell).kind == Kind::done) done.insert(cell.number);
  return done;
}

analysis::RunSummary summary_of(const SweepFolder& folder, const Cell& cell, bool done_before) {
  const std::filesystem::path path = folder.cell(cell.number);
  const CellState state = folder.state(cell);
  if (state.kind != Kind::done)
    return {.label = cell.label, .note = state.message, .path = path.string()};
  analysis::RunSummary summary = analysis::read_summary((path / "run.h5").string());
  summary.label = cell.label;
  if (done_before) summary.note += summary.note.empty() ? "done before" : "; done before";
  return summary;
}

void print_plan(const SweepPlan& plan, const Composer& composer, const Registry& registry) {
  std::fputs(make_plan_table(plan, composer, registry).text().c_str(), stdout);
  std::printf("\nseconds are estimates from a few evaluations on this machine\n");
}

void print_notes(const SweepPlan& plan) {
  for (const std::string& note : plan.notes) std::printf("note: %s\n", note.c_str());
}

}  // namespace

int run_sweep(const SweepFolder& folder, const SweepPlan& plan, const CommandLine& line,
              const Composer& composer, const Registry& registry) {
  print_notes(plan);
  if (line.dry_run) return print_plan(plan, composer, registry), 0;
  folder.open(line, plan, line.force);
  const std::set<std::size_t> before =
      line.force ? std::set<std::size_t>() : done_cells(folder, plan);
  LiveTable live(plan);
  run_cells(folder, plan, composer, registry, {line.force, line.reference_cache}, live);
  folder.clean();
  std::vector<analysis::RunSummary> summaries;
  for (const Cell& cell : plan.cells)
    summaries.push_back(summary_of(folder, cell, before.count(cell.number) != 0));
  print_summaries(summaries);
  std::printf("\nresults: %s\n", folder.path().c_str());
  const auto failed = std::count_if(summaries.begin(), summaries.end(),
                                    [](const auto& run) { return run.status.empty(); });
  if (failed > 0)
    std::printf("%td of %zu cells failed; strang sweep retry %s\n", failed, plan.cells.size(),
                folder.path().c_str());
  return failed > 0 ? 1 : 0;
}

int resume_sweep(const SweepFolder& folder, const CommandLine& given, Registry& registry) {
  CommandLine line = folder.line();
  line.force = given.force;
  line.dry_run = given.dry_run;
  line.reference_cache = given.reference_cache;
  std::error_code gone;  // relative paths on the line count from where the sweep was started
  std::filesystem::current_path(line.folder, gone);
  const Composer composer(line, registry);
  return run_sweep(folder, plan_sweep(composer, line, registry), line, composer, registry);
}

}  // namespace strang
