// A fit against the network evaluations that it needs: IIA-EDM with r = 1, N steps, M substeps, 200
// samples. `ratio` = time of the whole fit (tracing, sums, solutions) / time inside the
// evaluations, in the fastest of the fits. Also what a new solution of the stored equations takes.

#include <benchmark/benchmark.h>

#include <cmath>

#include "tests/bench/stopwatch.h"
#include "tests/fit/problem_fit.h"

namespace strang::bench {
namespace {

constexpr std::int64_t samples = 200;
constexpr int steps = 10;

// Six Gaussians in 64 dimensions with a power-law spectrum.
std::string mixture_in_64_dimensions() {
  std::string means, variances;
  for (int k = 0; k < 6; ++k) {
    std::string mean, variance;
    for (int j = 1; j <= 64; ++j) {
      mean += fmt::format("{}{}", j > 1 ? ", " : "",
                          0.35 * std::cos(2 * M_PI * (k + 1) * (j - 0.5) / 64 + 0.7 * k));
      variance += fmt::format("{}{}", j > 1 ? ", " : "", 0.25 * std::pow(j, -1.5));
    }
    means += fmt::format("{}[{}]", k > 0 ? ", " : "", mean);
    variances += fmt::format("{}[{}]", k > 0 ? ", " : "", variance);
  }
  return "{name: gaussian_mixture, means: [" + means + "], variances: [" + variances + "]}";
}

void fit(benchmark::State& state, const std::string& model) {
  test::FitProblem p("{name: edm}", "{name: heun}", "{name: karras, last: zero}", steps, model);
  p.microbatch = samples;
  const std::string yaml = fmt::format(
      "{{name: iia_edm, r: 1, samples: {}, reference: {{substeps: {}}}}}", samples, state.range(0));
  Artefact fitted = p.optimize(yaml);
  const std::int64_t calls = fitted.evaluations / samples;
  double best = 1e300, bare = 0;
  Fastest again;
  for (auto _ : state) {
    const double elapsed = seconds([&] { fitted = p.optimize(yaml); });
    state.SetIterationTime(elapsed);
    if (fitted.seconds < best) best = fitted.seconds, bare = fitted.seconds_evaluating;
    again([&] {
      for (FittedStep& step : fitted.steps) resolve_step(step, {"normal", 1e-12, 1e-4});
    });
  }
  state.counters["calls"] = static_cast<double>(calls);
  state.counters["ms_fit"] = 1e3 * best;
  state.counters["ms_bare"] = 1e3 * bare;
  state.counters["ratio"] = best / bare;
  state.counters["ms_solve_again"] = 1e3 * again.value();
}

const std::string images = "{name: dataset, data: {name: procedural, count: 2000, size: 16}}";

BENCHMARK_CAPTURE(fit, mixture_64, mixture_in_64_dimensions())
    ->Arg(3)
    ->Arg(10)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(fit, images_16, images)
    ->Arg(3)
    ->Arg(10)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strang::bench

BENCHMARK_MAIN();
