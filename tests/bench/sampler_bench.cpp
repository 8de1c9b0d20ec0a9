// A whole sampler minus its model. Large states: ratio = time / (bytes that its combines move /
// copy bandwidth), with the copies and the three ratios of combine_bench. The bytes are those of
// whole arrays, one for each operand and one for the result, whatever their blocks leave out.
// Small ones: microseconds a step. Draws of noise count as the sampler's own time, and are shown
// apart, too: they are arithmetic and have no bound of this kind.

#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "core/program/executor.h"
#include "tests/bench/copy_rate.h"
#include "tests/bench/free_model.h"

namespace strang::bench {
namespace {

// Arrays that the combines of a program read and write.
double arrays_moved(const Program& program) {
  std::size_t arrays = 0;
  for_each_operation(program.operations, [&](const Operation& operation) {
    if (const auto* combine = std::get_if<Combine>(&operation)) arrays += combine->terms.size() + 1;
  });
  return static_cast<double>(arrays);
}

// Noise draws of a program.
double draws(const Program& program) {
  int count = 0;
  for_each_operation(program.operations, [&](const Operation& operation) {
    count += std::holds_alternative<Noise>(operation) ? 1 : 0;
  });
  return count;
}

// Times the sampler on `rows` states of `elements` numbers a slot.
void measure(benchmark::State& state, const FreeSampler& s, std::int64_t rows,
             std::int64_t elements, at::ScalarType type) {
  const int slots = s.process->slots();
  const ExecutorOptions options{.microbatch = rows, .state_type = type, .event_shape = {elements}};
  const KeyedNoise noise(0);
  Executor executor(s.program, *s.field, noise, options);
  Observer observer;
  // Making and checking the initial state is not the sampler's: an empty program is subtracted.
  Builder builder(slots);
  const Program nothing = builder.finish(builder.initial());
  Executor idle(nothing, *s.field, noise, options);
  const auto run = [&] {
    executor.run(
        0, rows, [](const at::Tensor& out, Rows) { out.zero_(); }, observer);
  };
  Fastest all_threads, one_thread, empty, draw, draw_one;
  std::vector<std::int64_t> shape = {rows, slots, elements};
  const at::Tensor drawn = at::zeros(shape, type);
  CopyRate copy(at::zeros({rows * slots * elements}, type));
  const int threads = at::get_num_threads();
  for (auto _ : state) {
    state.SetIterationTime(all_threads(run));
    copy.measure();
    draw([&] { noise.draw(Noise{}, drawn, {0, rows}); });
    at::set_num_threads(1);
    one_thread(run);
    draw_one([&] { noise.draw(Noise{}, drawn, {0, rows}); });
    at::set_num_threads(threads);
    empty([&] {
      idle.run(
          0, rows, [](const at::Tensor& out, Rows) { out.zero_(); }, observer);
    });
  }
  const double arrays = arrays_moved(s.program), time = all_threads.value() - empty.value();
  state.counters["ms_a_step"] = time / s.grid->steps() * 1e3;
  state.counters["ratio"] = time / copy.bound_one_thread(arrays);
  state.counters["ratio_threads"] = time / copy.bound_all_threads(arrays);
  const double time_one = one_thread.value() - empty.value(), count = draws(s.program);
  state.counters["ratio_1"] = time_one / copy.bound_one_thread(arrays);
  if (count == 0) return;
  state.counters["ms_noise_a_step"] = count * draw.value() / s.grid->steps() * 1e3;
  state.counters["ns_a_normal_1"] = draw_one.value() / static_cast<double>(drawn.numel()) * 1e9;
  state.counters["ratio_threads_without_noise"] =
      (time - count * draw.value()) / copy.bound_all_threads(arrays);
  state.counters["ratio_1_without_noise"] =
      (time_one - count * draw_one.value()) / copy.bound_one_thread(arrays);
}

void sampler(benchmark::State& state, const std::string& name, at::ScalarType type) {
  const std::int64_t elements =
      state.range(0) * 1000000 / static_cast<std::int64_t>(c10::elementSize(type)) / 4;
  measure(state, FreeSampler(name, 6, {elements}), 4, elements, type);
}

// 64 states of 2 x 3 x 32 x 32. The draws of a stochastic scheme count as its own time.
void phase_sampler(benchmark::State& state, const std::string& options, at::ScalarType type) {
  const std::int64_t elements = 3 * 32 * 32;
  measure(
      state,
      FreeSampler("{name: splitting, " + options + "}", 6, {elements}, FreeSampler::Space::phase),
      64, elements, type);
}

void small_sampler(benchmark::State& state, const std::string& name) {
  constexpr int steps = 18;
  const FreeSampler s(name, steps, {2});
  const ZeroNoise noise;
  Executor executor(s.program, *s.field, noise, {.microbatch = 64, .event_shape = {2}});
  Observer observer;
  Fastest fastest;
  for (auto _ : state)
    fastest([&] {
      executor.run(
          0, 64, [](const at::Tensor&, Rows) {}, observer);
    });
  state.counters["us_a_step"] = fastest.value() / steps * 1e6;
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgName("MB")->Arg(3)->Arg(50)->UseManualTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(sampler, ddim_float32, "ddim", at::kFloat)->Apply(sizes);
BENCHMARK_CAPTURE(sampler, heun_float32, "heun", at::kFloat)->Apply(sizes);
BENCHMARK_CAPTURE(sampler, dpmpp_2m_float32, "dpmpp_2m", at::kFloat)->Apply(sizes);
BENCHMARK_CAPTURE(sampler, ddim_float64, "ddim", at::kDouble)->Apply(sizes);
BENCHMARK_CAPTURE(sampler, heun_float64, "heun", at::kDouble)->Apply(sizes);
BENCHMARK_CAPTURE(sampler, dpmpp_2m_float64, "dpmpp_2m", at::kDouble)->Apply(sizes);
const char* const rvv =
    "scheme: [{kick: 0.5, evaluate: start}, {drift: 1}, {kick: 0.5, evaluate: end}]";
const char* const roba = "scheme: [{ou: 1}, {kick: 1, evaluate: start}, {drift: 1}]";
const char* const cvv =
    "conjugate: ones, lambda: 0.5, "
    "scheme: [{kick: 0.5, evaluate: start}, {drift: 1}, {kick: 0.5, evaluate: end}]";
BENCHMARK_CAPTURE(phase_sampler, rvv_float32, rvv, at::kFloat)->UseManualTime();
BENCHMARK_CAPTURE(phase_sampler, rvv_float64, rvv, at::kDouble)->UseManualTime();
BENCHMARK_CAPTURE(phase_sampler, roba_float32, roba, at::kFloat)->UseManualTime();
BENCHMARK_CAPTURE(phase_sampler, roba_float64, roba, at::kDouble)->UseManualTime();
BENCHMARK_CAPTURE(phase_sampler, cvv_float32, cvv, at::kFloat)->UseManualTime();
BENCHMARK_CAPTURE(phase_sampler, cvv_float64, cvv, at::kDouble)->UseManualTime();
BENCHMARK_CAPTURE(small_sampler, ddim, "ddim");
BENCHMARK_CAPTURE(small_sampler, heun, "heun");
BENCHMARK_CAPTURE(small_sampler, dpmpp_2m, "dpmpp_2m");

}  // namespace
}  // namespace strang::bench

BENCHMARK_MAIN();
