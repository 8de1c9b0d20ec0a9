#pragma once

#include <memory>
#include <string>

#include "core/sampling/fit.h"
#include "core/sampling/program_integrator.h"
#include "tests/properties/problem.h"

namespace strang::test {

inline const char* const ring =
    "{name: gaussian_mixture, weights: [1, 2, 3, 4, 5, 6, 7, 8], means: [[1, 0], [0.70710678, "
    "0.70710678], [0, 1], [-0.70710678, 0.70710678], [-1, 0], [-0.70710678, -0.70710678], [0, -1], "
    "[0.70710678, -0.70710678]], variances: [[0.01, 0.01], [0.01, 0.01], [0.01, 0.01], [0.01, "
    "0.01], [0.01, 0.01], [0.01, 0.01], [0.01, 0.01], [0.01, 0.01]]}";

// A problem, a base integrator on a grid, and optimizers that run on it from the same states.
struct FitProblem {
  Problem problem;
  std::unique_ptr<Integrator> base;
  std::unique_ptr<Schedule> schedule;
  Grid grid;
  std::int64_t microbatch = 16;

  FitProblem(const std::string& process, const std::string& base_yaml,
             const std::string& schedule_yaml, int steps, const std::string& model = ring)
      : problem(process, model),
        base(registry()
                 .integrators.build(config::parse_yaml(base_yaml, "test"), "integrator", registry())
                 .object),
        schedule(test::schedule(schedule_yaml)),
        grid(*problem.process, schedule->times(*problem.process, steps)) {}

  at::Tensor states(std::int64_t samples) const { return initial_states(problem, grid, samples); }

  Artefact optimize(const std::string& yaml) const {
    const auto optimizer =
        registry().optimizers.build(config::parse_yaml(yaml, "test"), "optimizer", registry());
    const ExecutorOptions execution{microbatch, at::kDouble, problem.model->event_shape(), 0};
    const auto initial = [&](const config::Node&, int stream, std::int64_t samples) {
      // The validation batch: other states.
      const at::Tensor all = states((stream + 1) * samples);
      return rows_of(all.narrow(0, stream * samples, samples));
    };
    return optimizer.object->optimize({problem.field, *base, *schedule, grid, execution, initial});
  }

  // The states of all nodes [node, sample, ...] of a program from `initial`.
  at::Tensor trajectory(const Program& program, const at::Tensor& initial) const {
    struct Nodes final : Observer {
      std::vector<at::Tensor> all;
      void node(const Node&, const at::Tensor& state, Rows) override {
        all.push_back(state.clone());
      }
    } nodes;
    const ZeroNoise noise;
    Executor executor(program, problem.field, noise,
                      {initial.size(0), at::kDouble, problem.model->event_shape(), 0});
    executor.run(0, initial.size(0), rows_of(initial), nodes);
    return at::stack(nodes.all);
  }
};

inline const char* const edm_grid = "{name: karras, sigma_min: 0.05, sigma_max: 4, last: zero}";

}  // namespace strang::test
