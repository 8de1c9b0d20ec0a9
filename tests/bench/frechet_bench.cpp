// The Frechet distance from moments (frechet_compare.py sets it beside SciPy's square root), and
// the measurements that are made of one run's features: intervals, KID, neighbours.

#include <benchmark/benchmark.h>

#include "analysis/frechet_intervals.h"
#include "analysis/kernel_distance.h"
#include "analysis/precision_recall.h"
#include "tests/analysis/draws.h"

namespace strang::analysis {
namespace {

Moments moments(std::uint64_t seed, std::int64_t d) {
  return moments_of(test::normals(seed, d + d / 2, d) * at::linspace(0.2, 2, d, at::kDouble));
}

// Both covariances are new each time, as for two files.
void distance(benchmark::State& state) {
  const Moments a = moments(1, state.range(0)), b = moments(2, state.range(0));
  double value = 0;
  for (auto _ : state) benchmark::DoNotOptimize(value = frechet_distance(a, b));
  state.counters["distance"] = value;
}
BENCHMARK(distance)->Arg(64)->Arg(512)->Arg(2048)->Unit(benchmark::kMillisecond)->UseRealTime();

// Range: samples, features.
void bootstrap_1000(benchmark::State& state) {
  const FrechetReference reference(moments(1, state.range(1)));
  const at::Tensor values = test::normals(3, state.range(0), state.range(1));
  for (auto _ : state) benchmark::DoNotOptimize(frechet_with_interval(values, reference));
}
BENCHMARK(bootstrap_1000)
    ->Args({2000, 32})
    ->Args({2000, 64})
    ->Args({200, 512})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void infinity(benchmark::State& state) {
  const FrechetReference reference(moments(1, state.range(1)));
  const at::Tensor values = test::normals(3, state.range(0), state.range(1));
  for (auto _ : state) benchmark::DoNotOptimize(frechet_at_infinity(values, reference));
}
BENCHMARK(infinity)->Args({2000, 64})->Unit(benchmark::kMillisecond)->UseRealTime();

void kernel_and_neighbours(benchmark::State& state) {
  const at::Tensor x = test::normals(3, state.range(0), state.range(1)),
                   y = test::normals(4, 5 * state.range(0), state.range(1));
  for (auto _ : state) {
    benchmark::DoNotOptimize(kernel_distance(x, y));
    benchmark::DoNotOptimize(precision_recall(x, y));
  }
}
BENCHMARK(kernel_and_neighbours)->Args({2000, 64})->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace strang::analysis

BENCHMARK_MAIN();
