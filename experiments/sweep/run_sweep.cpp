#include "experiments/sweep/run_sweep.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>

#include "core/error.h"
#include "core/terminal/interrupt.h"
#include "experiments/run_report.h"
#include "experiments/sweep/launcher.h"
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

void print_plan(const SweepFolder& folder, const SweepPlan& plan, const CommandLine& line,
                const Composer& composer, const Registry& registry) {
  std::fputs(make_plan_table(plan, composer, registry).text().c_str(), stdout);
  std::printf("\nseconds are estimates from a few evaluations on this machine\n");
  if (plan.launcher.name == "slurm")
    std::printf("\n%s",
                slurm_script(plan.launcher, folder, line.reference_cache, plan.jobs()).c_str());
}

void print_notes(const SweepPlan& plan) {
  for (const std::string& note : plan.notes) std::printf("note: %s\n", note.c_str());
}

int report(const SweepFolder& folder, const SweepPlan& plan, const std::set<std::size_t>& before) {
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

// The cells, by this process and its helpers.
void run_here(const SweepFolder& folder, const SweepPlan& plan, const CommandLine& line,
              const Composer& composer, const Registry& registry) {
  const auto processes = std::min(plan.launcher.processes, static_cast<std::int64_t>(plan.jobs()));
  LocalWorkers others(folder, line.reference_cache, line.worker ? 0 : processes - 1);
  LiveTable live(plan);
  run_cells(folder, plan, composer, registry, {line.reference_cache}, live);
  others.wait();
  folder.clean();
}

}  // namespace

int run_sweep(const SweepFolder& folder, const SweepPlan& plan, const CommandLine& line,
              const Composer& composer, const Registry& registry) {
  if (!line.worker) print_notes(plan);
  if (line.dry_run) return print_plan(folder, plan, line, composer, registry), 0;
  folder.open(line, plan, line.force);
  const std::set<std::size_t> before = done_cells(folder, plan);
  if (plan.launcher.name == "slurm" && !line.worker) {
    std::printf("%s", submit(plan.launcher, folder, line.reference_cache, plan.jobs()).c_str());
    if (plan.launcher.wait) return report(folder, plan, before);
    std::printf("strang sweep status %s\n", folder.path().c_str());
    return 0;
  }
  try {
    run_here(folder, plan, line, composer, registry);
  } catch (const terminal::Interrupted& stop) {
    if (!line.worker || stop.signal() == SIGINT) throw;
    std::fprintf(stderr, "strang: %s\n", stop.what());
    return requeue_status;
  }
  return line.worker ? 0 : report(folder, plan, before);
}

int resume_sweep(const SweepFolder& folder, const CommandLine& given, Registry& registry) {
  CommandLine line = folder.line();
  line.force = given.force;
  line.worker = given.worker;
  line.dry_run = given.dry_run;
  line.reference_cache = given.reference_cache;
  std::error_code gone;  // relative paths on the line count from where the sweep was started
  std::filesystem::current_path(line.folder, gone);
  const Composer composer(line, registry);
  return run_sweep(folder, plan_sweep(composer, line, registry), line, composer, registry);
}

}  // namespace strang
