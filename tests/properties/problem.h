#pragma once

#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/program/executor.h"
#include "core/program/noise_key.h"
#include "core/tensor.h"
#include "experiments/sampler.h"
#include "tests/processes/plugins.h"

namespace strang::test {

// A process and an exact model.
struct Problem {
  std::unique_ptr<Process> process;
  std::unique_ptr<Model> model;
  Field field;

  Problem(const std::string& process_yaml, const std::string& model_yaml)
      : process(test::process(process_yaml)),
        model(test::model(model_yaml)),
        field(*process, *model) {}

  Grid grid(std::vector<double> times) const { return {*process, std::move(times)}; }
  Grid grid(const std::string& schedule_yaml, int steps) const {
    return {*process, test::schedule(schedule_yaml)->times(*process, steps)};
  }
};

// Well conditioned in every direction, so that few steps are in the asymptotic range.
inline const char* const gaussian = "{name: gaussian, mean: [0.5, -1], covariance: [0.5, 1.5]}";
inline const char* const mixture =
    "{name: gaussian_mixture, weights: [0.3, 0.5, 0.2], means: [[1, 0.5], [-1, 0.3], [0.1, -1]], "
    "variances: [[0.3, 0.4], [0.5, 0.3], [0.4, 0.6]]}";
inline const char* const images =
    "{name: dataset, chunk: 16, data: {name: procedural, count: 24, size: 8}}";

// Initial states [samples, slots, event...] at the first time of a grid: the same for the same
// sample.
inline at::Tensor initial_states(const Problem& problem, const Grid& grid, std::int64_t samples,
                                 at::ScalarType type = at::kDouble) {
  std::vector<std::int64_t> shape = {samples, problem.process->slots()};
  for (const std::int64_t size : problem.model->event_shape()) shape.push_back(size);
  const at::Tensor z = at::empty(shape, at::kDouble);
  const std::int64_t elements = z.numel() / samples;
  for (std::int64_t i = 0; i < samples; ++i)
    draw_normals(hash({7, Domain::initial, 0, 0, 0}), i, elements,
                 z.mutable_data_ptr<double>() + i * elements);
  const Block root = problem.process->root(grid[0]);
  at::Tensor u = at::zeros_like(z);
  for (int r = 0; r < root.slots(); ++r)
    for (int c = 0; c < root.slots(); ++c) u.select(1, r).add_(z.select(1, c), root(r, c));
  return u.to(type);
}

// Collects the results of micro-batches.
class Results final : public Observer {
 public:
  explicit Results(const at::Tensor& like) : states_(at::full_like(like, std::nan(""))) {}
  void result(const at::Tensor& state, Rows rows) override {
    states_.narrow(0, rows.first, rows.valid).copy_(state.narrow(0, 0, rows.valid));
  }
  const at::Tensor& states() const { return states_; }

 private:
  at::Tensor states_;
};

// Writes rows of `states`; padding rows are 1.
inline Executor::Initial rows_of(const at::Tensor& states) {
  return [states](const at::Tensor& out, Rows rows) {
    out.fill_(1);
    out.narrow(0, 0, rows.valid).copy_(states.narrow(0, rows.first, rows.valid));
  };
}

struct RunOptions {
  std::int64_t microbatch = 0;           // 0: all samples in one
  std::vector<std::int64_t> order = {};  // of the micro-batches; empty: 0, 1, ...
  bool fresh = false;                    // a new executor for each micro-batch
  at::DeviceType device = at::kCPU;
};

inline at::Tensor run(const Program& program, const Field& field, const at::Tensor& initial,
                      const NoiseSource& noise, RunOptions options = {}) {
  const std::int64_t samples = initial.size(0);
  if (options.microbatch == 0) options.microbatch = samples;
  if (options.order.empty())
    for (std::int64_t j = 0; j * options.microbatch < samples; ++j) options.order.push_back(j);
  Results results(initial);
  std::optional<Executor> executor;
  for (const std::int64_t j : options.order) {
    if (!executor || options.fresh)
      executor.emplace(program, field, noise,
                       ExecutorOptions{options.microbatch, initial.scalar_type(),
                                       field.model().event_shape(), 0, options.device});
    executor->run(j, samples, rows_of(initial), results);
  }
  return results.states();
}

inline at::Tensor run(const Program& program, const Field& field, const at::Tensor& initial) {
  return run(program, field, initial, ZeroNoise());
}

// Root mean square over samples and elements.
inline double rms(const at::Tensor& difference) {
  return difference.square().mean().sqrt().item<double>();
}
inline double largest(const at::Tensor& difference) {
  return difference.abs().max().item<double>();
}

// Slope of log error against log step by least squares.
inline double order_of(const std::vector<int>& steps, const std::vector<double>& errors) {
  double sx = 0, sy = 0, sxx = 0, sxy = 0;
  const auto n = static_cast<double>(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const double x = -std::log(steps[i]), y = std::log(errors[i]);
    sx += x, sy += y, sxx += x * x, sxy += x * y;
  }
  return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

}  // namespace strang::test
