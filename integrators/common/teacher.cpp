#include "integrators/common/teacher.h"

#include <utility>

#include "core/error.h"
#include "core/program/noise_key.h"

namespace strang {
namespace {

Program trace(const Integrator& integrator, const Field& field, const Grid& grid) {
  Builder builder(field.process().slots());
  Tracer tracer(builder, field);
  builder.node(0, grid[0], 0);
  return builder.finish(integrator.trace(tracer, builder.initial(), grid));
}

// Passes node states on.
template <class Collect>
class NodeObserver final : public Observer {
 public:
  explicit NodeObserver(Collect& collect) : collect_(collect) {}
  void node(const Node& node, const at::Tensor& state, Rows rows) override {
    collect_(node.index, state, rows);
  }

 private:
  Collect& collect_;
};

}  // namespace

Evaluations::Evaluations(const OptimizerTask& task, const config::Node& source,
                         std::int64_t samples, int stream)
    : task_(task),
      samples_(samples),
      initial_(task.initial(source, stream, samples)),
      noise_(hash({.domain = Domain::fit, .to = 1, .stream = stream})) {
  cost_.samples = samples;
}

template <class Collect>
void Evaluations::run(const Program& program, const Executor::Initial& initial, Collect collect) {
  Executor executor(program, task_.field, noise_, task_.execution);
  NodeObserver<Collect> observer(collect);
  for (std::int64_t j = 0; j * task_.execution.microbatch < samples_; ++j)
    executor.run(j, samples_, initial, observer);
  cost_.evaluations += executor.counters().evaluations;
  cost_.seconds += executor.counters().seconds_total;
  cost_.seconds_evaluating += executor.counters().seconds_evaluating;
}

Teacher Evaluations::solve(const Integrator& integrator, const std::vector<double>& times) {
  const Grid grid(task_.field.process(), times);
  std::vector<std::int64_t> shape = {samples_, task_.field.process().slots()};
  for (const std::int64_t size : task_.execution.event_shape) shape.push_back(size);
  Teacher teacher{times, {}};
  for (std::size_t i = 0; i < times.size(); ++i)
    teacher.states.push_back(at::empty(shape, at::kDouble));
  run(trace(integrator, task_.field, grid), initial_,
      [&](int node, const at::Tensor& state, Rows rows) {
        teacher.states[node]
            .narrow(0, rows.first, rows.valid)
            .copy_(state.narrow(0, 0, rows.valid));
      });
  return teacher;
}

at::Tensor Evaluations::endpoint(const Integrator& integrator, const std::vector<double>& times) {
  return solve(integrator, times).states.back();
}

at::Tensor Evaluations::data(const at::Tensor& states, double t) {
  Builder builder(task_.field.process().slots());
  Tracer tracer(builder, task_.field);
  Value u = builder.initial();
  const Value data = tracer.store(tracer.evaluate(u, t).data);
  builder.node(0, t, data.as_atom());
  at::Tensor result = at::empty_like(states);
  const auto rows_of = [&](const at::Tensor& out, Rows rows) {
    out.zero_();
    out.narrow(0, 0, rows.valid).copy_(states.narrow(0, rows.first, rows.valid));
  };
  run(builder.finish(data), rows_of, [&](int, const at::Tensor& state, Rows rows) {
    result.narrow(0, rows.first, rows.valid).copy_(state.narrow(0, 0, rows.valid));
  });
  return result;
}

Artefact Evaluations::finish(std::vector<double> times, const Integrator& integrator) const {
  Artefact artefact = cost_;
  artefact.program = trace(integrator, task_.field, Grid(task_.field.process(), times));
  artefact.times = std::move(times);
  return artefact;
}

at::Tensor jump(const Process& process, const at::Tensor& state, const at::Tensor& data,
                double from, double to) {
  const double ratio = process.root(to).value() / process.root(from).value();
  return ratio * state + (process.mean(to).value() - ratio * process.mean(from).value()) * data;
}

NoisyPart noisy_part(const Grid& grid) {
  NoisyPart part{grid.times(), !grid.evaluable(grid.steps())};
  if (part.to_zero) part.times.pop_back();
  return part;
}

std::vector<double> NoisyPart::with_end(std::vector<double> chosen, double end) const {
  if (to_zero) chosen.push_back(end);
  return chosen;
}

std::vector<double> teacher_times(const OptimizerTask& task, int steps, const char* optimizer) {
  const Process& process = task.field.process();
  const NoisyPart run = noisy_part(task.grid);
  const int wanted = static_cast<int>(run.times.size()) - 1;
  require(wanted < steps, "{}: {} steps cannot be chosen from a teacher of {}", optimizer, wanted,
          steps);
  return noisy_part(Grid(process, task.schedule.times(process, steps + (run.to_zero ? 1 : 0))))
      .times;
}

}  // namespace strang
