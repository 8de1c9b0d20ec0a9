// The combine kernel against the rate of a copy, measured in turn with it: ratio = time / (bytes
// moved / copy bandwidth), all from the fastest of the repetitions. `ratio` is against memcpy on
// one thread, `ratio_threads` against at::Tensor::copy_ on the threads that the kernel has,
// `ratio_1` the kernel on one thread against memcpy.

#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include <vector>

#include "core/program/combine.h"
#include "core/tensor.h"
#include "tests/bench/copy_rate.h"

namespace strang::bench {
namespace {

void combine_operands(benchmark::State& state, at::ScalarType type, bool in_place) {
  const auto operands_count = state.range(0);
  const std::int64_t elements =
      state.range(1) * 1000000 / static_cast<std::int64_t>(c10::elementSize(type));
  const Real real = type == at::kDouble ? Real::float64 : Real::float32;
  std::vector<at::Tensor> arrays;
  std::vector<Operand> operands;
  for (std::int64_t m = 0; m < operands_count; ++m) {
    arrays.push_back(at::full({elements}, 0.5, type));
    operands.push_back({arrays[m].const_data_ptr(), real, 0.25, nullptr});
  }
  // The result of 1/4 (x_0 + x_1 + ...) in place of x_0 stays in range.
  const at::Tensor result = in_place ? arrays[0] : at::zeros({elements}, type);
  const auto run = [&] { combine({1, 1, elements}, operands, result.mutable_data_ptr(), real); };

  CopyRate copy(result);
  Fastest all_threads, one_thread;
  const int threads = at::get_num_threads();
  for (auto _ : state) {
    state.SetIterationTime(all_threads(run));
    copy.measure();
    at::set_num_threads(1);
    for (int i = 0; i < 4; ++i) one_thread(run);
    at::set_num_threads(threads);
  }
  const auto moved = static_cast<double>(operands_count + 1);
  state.counters["best_ms"] = all_threads.value() * 1e3;
  state.counters["ratio"] = all_threads.value() / copy.bound_one_thread(moved);
  state.counters["ratio_threads"] = all_threads.value() / copy.bound_all_threads(moved);
  state.counters["ratio_1"] = one_thread.value() / copy.bound_one_thread(moved);
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"operands", "MB"})->UseManualTime()->Unit(benchmark::kMillisecond);
  for (const int megabytes : {3, 50})
    for (int m = 2; m <= 5; ++m) bench->Args({m, megabytes});
}

BENCHMARK_CAPTURE(combine_operands, float32, at::kFloat, false)->Apply(sizes);
BENCHMARK_CAPTURE(combine_operands, float32_in_place, at::kFloat, true)->Apply(sizes);
BENCHMARK_CAPTURE(combine_operands, float64, at::kDouble, false)->Apply(sizes);
BENCHMARK_CAPTURE(combine_operands, float64_in_place, at::kDouble, true)->Apply(sizes);

// One operation on a small state, as a batch of 64 points in the plane has it.
void combine_small(benchmark::State& state) {
  std::vector<double> a(128, 1.0), b(128, 2.0), out(128);
  const std::vector<Operand> operands{{a.data(), Real::float64, 0.5, nullptr},
                                      {b.data(), Real::float64, 0.25, nullptr}};
  for (auto _ : state)
    benchmark::DoNotOptimize(combine({64, 1, 2}, operands, out.data(), Real::float64));
}
BENCHMARK(combine_small);

}  // namespace
}  // namespace strang::bench

BENCHMARK_MAIN();
