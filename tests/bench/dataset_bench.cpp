// The exact denoiser of 10,000 x 784 float32 numbers on 256 rows: `fraction` of the rate of
// LibTorch's matrix product of the same shapes, measured in turn with it. At a high noise level
// every point counts, and both products are taken.

#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include <vector>

#include "core/config/yaml.h"
#include "core/registry.h"
#include "core/tensor.h"
#include "models/analytic/dataset_denoiser.h"
#include "tests/bench/stopwatch.h"

namespace strang {
void register_models(Registry& registry);
}

namespace strang::bench {
namespace {

void dataset(benchmark::State& state) {
  constexpr std::int64_t points = 10000, dimensions = 784, rows = 256, chunk = 2048;
  const at::Tensor data = at::rand({points, dimensions}) * 2 - 1;
  const DatasetDenoiser denoiser(data, chunk);
  Registry registry;
  register_models(registry);
  const auto process =
      registry.processes.build(config::parse_yaml("{name: edm}", "bench"), "process", registry)
          .object;
  const double level = static_cast<double>(state.range(0));
  const at::Tensor in = level * at::randn({rows, 1, dimensions}), out = at::zeros_like(in);
  const at::Tensor flat = in.flatten(1);
  at::Tensor product = at::zeros({rows, points});
  const int threads = at::get_num_threads();
  at::set_num_threads(static_cast<int>(state.range(1)));
  Fastest denoise, multiply;
  for (auto _ : state) {
    state.SetIterationTime(denoise([&] {
      denoiser.predict({*process, {&level, 1}, in, out, {0, rows}});
    }));
    multiply([&] { at::mm_out(product, flat, data.t()); });
  }
  at::set_num_threads(threads);
  const double operations = 2.0 * points * dimensions * rows;
  state.counters["GFs_mm"] = operations / multiply.value() * 1e-9;
  state.counters["fraction"] = 2 * multiply.value() / denoise.value();
}
BENCHMARK(dataset)
    ->ArgNames({"level", "threads"})
    ->Args({80, 1})
    ->Args({10, 1})
    ->Args({80, 2})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strang::bench

BENCHMARK_MAIN();
