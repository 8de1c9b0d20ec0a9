// What composing costs, and what a sweep costs with and without a shared reference.

#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "core/config/compose.h"
#include "core/config/override_parser.h"
#include "core/error.h"
#include "experiments/run.h"
#include "experiments/sweep/folder.h"
#include "experiments/sweep/plan.h"
#include "experiments/sweep/worker.h"
#include "tests/files/temporary_folder.h"

namespace strang {
void register_integrators(Registry& registry);
void register_models(Registry& registry);
}  // namespace strang

namespace strang::bench {
namespace {

Registry& filled() {
  static Registry all = [] {
    Registry registry;
    register_integrators(registry);
    register_models(registry);
    return registry;
  }();
  return all;
}

CommandLine sweep_line(const std::string& output, std::vector<std::string> overrides) {
  CommandLine line;
  line.overrides = {"~sweep", "output=" + output, "log.sheet.images=0"};
  line.overrides.insert(line.overrides.end(), overrides.begin(), overrides.end());
  line.multirun = true;
  return line;
}

class Silent final : public SweepObserver {
 public:
  void ran(const Cell&, const analysis::RunSummary& run) override {
    if (run.status != "complete") throw Error(run.note);
  }
  void progress(std::size_t, std::size_t) override {}
};

void compose_thirty_groups(benchmark::State& state) {
  std::map<std::string, std::string> files;
  std::string defaults = "defaults:\n";
  for (int i = 0; i < 30; ++i) {
    defaults += fmt::format("  - group{}: a\n", i);
    files[fmt::format("group{}/a.yaml", i)] = fmt::format(
        "name: a{}\nwidth: 3\nlist: [1, 2, 3]\nnested: {{x: 1.5, y: '${{group0.name}}'}}\n", i);
    files[fmt::format("group{}/b.yaml", i)] = "name: b\n";
  }
  files["config.yaml"] = defaults + "  - _self_\nseed: 0\n";
  const test::TemporaryFolder folder;  // from disk, as programs read them
  for (const auto& [path, text] : files) {
    std::filesystem::create_directories((folder / path).parent_path());
    std::ofstream(folder / path) << text;
  }
  config::SearchPath path;
  path.add(config::folder_source(folder.path().string()));
  const auto overrides = config::parse_overrides({"group3=b", "group7.width=5", "seed=4"});
  for (auto _ : state) {
    config::Composition composition = config::compose(path, "config", overrides);
    config::resolve(composition.config);
    benchmark::DoNotOptimize(composition);
  }
}

// Cells of eight samples in one step.
constexpr int small_cells = 50;
const std::vector<std::string> small = {"reference=null", "samples=8", "microbatch=8",
                                        "steps=1",        "threads=1", "seed=range(50)"};

void report_cells(benchmark::State& state) {
  state.counters["cells/s"] =
      benchmark::Counter(small_cells, benchmark::Counter::kIsIterationInvariantRate);
}

void plan_cells(benchmark::State& state) {
  const CommandLine line = sweep_line("out", small);
  for (auto _ : state)
    benchmark::DoNotOptimize(plan_sweep(Composer(line, filled()), line, filled()));
  report_cells(state);
}

// Everything: plan, leases, composing, runs with their files.
void sweep_of_cells(benchmark::State& state) {
  const test::TemporaryFolder folder;
  int round = 0;
  for (auto _ : state) {
    const std::string output = (folder / std::to_string(round++)).string();
    const CommandLine line = sweep_line(output, small);
    const Composer composer(line, filled());
    const SweepPlan plan = plan_sweep(composer, line, filled());
    const SweepFolder sweep(output);
    sweep.open(line, plan, false);
    Silent silent;
    run_cells(sweep, plan, composer, filled(), {}, silent);
    sweep.clean();
  }
  report_cells(state);
}

// The same runs with their files, composed before: what is left of `sweep_of_cells` is the cost of
// composing and launching.
void runs_alone(benchmark::State& state) {
  const CommandLine line = sweep_line("out", small);
  const Composer composer(line, filled());
  std::vector<config::Node> configs;
  for (const Cell& cell : plan_sweep(composer, line, filled()).cells)
    configs.push_back(composer.resolved(cell.overrides));
  const test::TemporaryFolder folder;
  int round = 0;
  for (auto _ : state)
    for (const config::Node& config : configs) {
      ReferenceCache references;
      run_experiment(config, folder / std::to_string(round++), "run", filled(), references);
    }
  report_cells(state);
}

const std::vector<std::string> ablation = {
    "integrator=euler,heun,ddim,dpmpp_2m,edm_ablation,euler_maruyama", "noise=zero",
    "steps=6,9,12,18,24,32", "reference.steps=1024", "samples=4096"};

void shared_reference(benchmark::State& state) {
  const bool shared = state.range(0) != 0;
  for (auto _ : state) {
    const test::TemporaryFolder folder;
    const std::string output = (folder / "out").string();
    const CommandLine line = sweep_line(output, ablation);
    const Composer composer(line, filled());
    const SweepPlan plan = plan_sweep(composer, line, filled());
    if (shared) {
      const SweepFolder sweep(output);
      sweep.open(line, plan, false);
      Silent silent;
      run_cells(sweep, plan, composer, filled(), {}, silent);
      sweep.clean();
      continue;
    }
    for (const Cell& cell : plan.cells) {
      ReferenceCache own;
      run_experiment(composer.resolved(cell.overrides), folder / std::to_string(cell.number),
                     cell.label, filled(), own);
    }
  }
}

BENCHMARK(compose_thirty_groups)->Unit(benchmark::kMillisecond);
BENCHMARK(plan_cells)->Unit(benchmark::kMillisecond);
BENCHMARK(sweep_of_cells)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(5);
BENCHMARK(runs_alone)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(5);
BENCHMARK(shared_reference)
    ->ArgName("shared")
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kSecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Iterations(1);

}  // namespace
}  // namespace strang::bench

BENCHMARK_MAIN();
