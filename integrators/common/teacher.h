#pragma once

#include <utility>
#include <vector>

#include "core/program/noise_source.h"
#include "core/sampling/optimizer_task.h"
#include "core/tensor.h"

namespace strang {

// A fine solution from the fit's initial states, at every node of its grid; float64
// [sample, slot, event...].
struct Teacher {
  std::vector<double> times;
  std::vector<at::Tensor> states;
};

// What schedule optimizers do with a model, and how often it was called.
class Evaluations {
 public:
  // All of `task` outlives this. Draws are of the prior of their own, or `source`'s; those of other
  // streams are independent. Integrators that draw noise get draws that belong to the stream: the
  // same in every run.
  Evaluations(const OptimizerTask& task, const config::Node& source, std::int64_t samples,
              int stream = 0);

  Teacher solve(const Integrator& integrator, const std::vector<double>& times);
  // The data prediction for all samples at one time.
  at::Tensor data(const at::Tensor& states, double t);
  // The state at the end of the grid.
  at::Tensor endpoint(const Integrator& integrator, const std::vector<double>& times);

  // An artefact of these times on the base integrator, with what it cost.
  Artefact finish(std::vector<double> times) const {
    return finish(std::move(times), task_.integrator);
  }
  Artefact finish(std::vector<double> times, const Integrator& integrator) const;

 private:
  template <class Collect>
  void run(const Program& program, const Executor::Initial& initial, Collect collect);

  const OptimizerTask& task_;
  std::int64_t samples_;
  Executor::Initial initial_;
  KeyedNoise noise_;
  Artefact cost_;
};

// One step of DDIM (Euler's method on x / alpha) from data prediction and state.
at::Tensor jump(const Process& process, const at::Tensor& state, const at::Tensor& data,
                double from, double to);

// The grid's times above zero noise, and whether a last step to zero follows.
struct NoisyPart {
  std::vector<double> times;
  bool to_zero = false;
  std::vector<double> with_end(std::vector<double> chosen, double end) const;
};
NoisyPart noisy_part(const Grid& grid);

// The times of a teacher that a run's are chosen from: `steps` steps of the run's schedule above
// zero noise. Throws UsageError, naming the optimizer, unless the run has fewer.
std::vector<double> teacher_times(const OptimizerTask& task, int steps, const char* optimizer);

}  // namespace strang
