// The time of whole runs in one process, without files: `whole_run_bench [repetitions] [key=value
// ...]` composes the default experiment with the overrides and prints as JSON the fastest seconds
// of a run in one micro-batch ("one_batch") and of a run as `strang run` has it, in micro-batches
// side by side ("lanes"); `whole_run_bench free` the seconds of samplers with a free model on 64 x
// 3 x 32 x 32 states. Read by k_diffusion_compare.py.

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/program/executor.h"
#include "experiments/command_line.h"
#include "experiments/experiment.h"
#include "experiments/sources.h"
#include "tests/bench/free_model.h"
#include "tests/bench/stopwatch.h"

namespace strang::bench {
namespace {

nlohmann::json time_run(int repetitions, const std::vector<std::string>& overrides) {
  Registry registry;
  register_integrators(registry);
  register_models(registry);
  CommandLine line;
  line.overrides = overrides;
  const Composer composer(line, registry);
  const Experiment e = build_experiment(composer.resolved(overrides), registry);
  const std::vector<std::int64_t> event = e.model->event_shape();
  const auto noise = make_noise(e.spec, *e.grid, e.program, event);
  const Executor::Initial initial = make_initial(e.spec, *e.grid, event);
  Observer observer;
  Fastest one_batch, lanes;
  Executor executor(e.program, *e.field, *noise,
                    {.microbatch = e.spec.samples, .event_shape = event});
  for (int i = 0; i < repetitions; ++i) {
    one_batch([&] { executor.run(0, e.spec.samples, initial, observer); });
    lanes([&] { run_program(e.program, *e.field, e.spec, *noise, initial, observer, 0); });
  }
  return {{"one_batch", one_batch.value()}, {"lanes", lanes.value()}};
}

nlohmann::json time_free(int repetitions, at::ScalarType type) {
  nlohmann::json times;
  for (const std::string name : {"heun", "dpmpp_2m"}) {
    const FreeSampler s(name, 18, {3, 32, 32});
    const ZeroNoise noise;
    Executor executor(s.program, *s.field, noise,
                      {.microbatch = 64, .state_type = type, .event_shape = {3, 32, 32}});
    Observer observer;
    Fastest fastest;
    for (int i = 0; i < repetitions; ++i)
      fastest([&] {
        executor.run(
            0, 64, [](const at::Tensor&, Rows) {}, observer);
      });
    times[name] = fastest.value();
  }
  return times;
}

}  // namespace
}  // namespace strang::bench

int main(int argc, char** argv) {
  using namespace strang::bench;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  nlohmann::json result;
  if (!arguments.empty() && arguments[0] == "free") {
    result = {{"float32", time_free(200, at::kFloat)}, {"float64", time_free(200, at::kDouble)}};
  } else {
    const int repetitions = arguments.empty() ? 100 : std::atoi(arguments[0].c_str());
    result =
        time_run(repetitions, {arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end()});
  }
  std::puts(result.dump().c_str());
}
