// What it takes to trace an integrator and to plan its buffers.

#include <benchmark/benchmark.h>

#include "core/program/plan.h"
#include "core/tensor.h"
#include "tests/bench/free_model.h"

namespace strang::bench {
namespace {

void trace_heun(benchmark::State& state) {
  const FreeSampler s("heun", static_cast<int>(state.range(0)), {2});
  for (auto _ : state) benchmark::DoNotOptimize(trace_sampler(*s.integrator, *s.field, *s.grid));
}

void plan_heun(benchmark::State& state) {
  const FreeSampler s("heun", static_cast<int>(state.range(0)), {2});
  for (auto _ : state)
    benchmark::DoNotOptimize(
        plan_buffers(s.program, at::kDouble, [](const Evaluate&) { return at::kDouble; }));
}

// The matrices of a conjugate integrator for every step of a grid.
void trace_conjugate(benchmark::State& state) {
  const FreeSampler s(
      "{name: splitting, conjugate: ones, lambda: 0.5, scheme: [{full: 1, evaluate: start}]}",
      static_cast<int>(state.range(0)), {2}, FreeSampler::Space::phase);
  for (auto _ : state) benchmark::DoNotOptimize(trace_sampler(*s.integrator, *s.field, *s.grid));
}

BENCHMARK(trace_conjugate)->ArgName("steps")->Arg(100)->Unit(benchmark::kMillisecond);
BENCHMARK(trace_heun)->ArgName("steps")->Arg(18)->Arg(512)->Unit(benchmark::kMicrosecond);
BENCHMARK(plan_heun)->ArgName("steps")->Arg(18)->Arg(512)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace strang::bench

BENCHMARK_MAIN();
