#include "experiments/reference.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "core/config/dump.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/tensor.h"
#include "experiments/norms.h"
#include "experiments/progress_observer.h"
#include "experiments/sampler.h"
#include "experiments/sources.h"

namespace strang {
namespace {

// Copies the states at all nodes.
class Collector final : public Observer {
 public:
  Collector(const at::Tensor& states) : states_(states) {}
  void node(const Node& node, const at::Tensor& state, Rows rows) override {
    states_[node.index].narrow(0, rows.first, rows.valid).copy_(state.narrow(0, 0, rows.valid));
  }

 private:
  at::Tensor states_;
};

std::unique_ptr<Integrator> build_integrator(const Experiment& e, const Registry& registry) {
  return registry.integrators.build(e.spec.reference.integrator, "reference.integrator", registry)
      .object;
}

at::Tensor solve(const Experiment& e, const Registry& registry, int steps) {
  return solve_fine(e, registry, *e.field, fine_grid(e, registry, steps), e.grid->times(),
                    make_initial(e.spec, *e.grid, e.model->event_shape()));
}

std::string hash_of(const Experiment& e) {
  config::Node key{config::Node::Map{}};
  for (const char* name : {"process", "model", "seed", "samples", "microbatch", "dtype", "noise",
                           "initial", "reference"})
    if (const config::Node* node = e.resolved.find(name)) key.set(name, *node);
  if (!e.spec.reference.schedule) key.set("schedule", *e.resolved.find("schedule"));
  config::Node::List times;
  for (const double t : e.grid->times()) times.emplace_back(t);
  key.set("times", config::Node(times));
  return sha256_hex(config::canonical(key));
}

void measure_own_errors(Reference& reference, const at::Tensor& finer) {
  const std::int64_t nodes = finer.size(0), samples = finer.size(1);
  for (const std::string& norm : norms_for(static_cast<int>(finer.size(2)))) {
    std::vector<double>& own = reference.own_errors[norm];
    own.resize(static_cast<std::size_t>(nodes * samples));
    distances(norm, reference.states.flatten(0, 1), finer.flatten(0, 1), nodes * samples,
              own.data());
  }
}

}  // namespace

Grid fine_grid(const Experiment& e, const Registry& registry, int steps) {
  std::unique_ptr<Schedule> own;
  if (e.spec.reference.schedule)
    own =
        registry.schedules.build(*e.spec.reference.schedule, "reference.schedule", registry).object;
  const Schedule& schedule = own ? *own : *e.schedule;
  Grid fine(*e.process, schedule.times(*e.process, steps));
  const double end = e.grid->times().back(), start = e.grid->times().front();
  require(std::abs(fine[0] - start) <= 1e-12 * std::max(1.0, start) &&
              std::abs(fine[steps] - end) <= 1e-12 * std::max(1.0, start),
          "the reference runs from t = {} to {}, the run from {} to {}: errors need equal ends",
          fine[0], fine[steps], start, end);
  return fine;
}

at::Tensor solve_fine(const Experiment& e, const Registry& registry, const Field& field,
                      const Grid& fine, const std::vector<double>& wanted,
                      const Executor::Initial& initial) {
  const Program program = trace_reference(*build_integrator(e, registry), field, fine, wanted);
  const std::vector<std::int64_t> event = e.model->event_shape();
  const auto noise = make_noise(e.spec, *e.grid, program, event);
  std::vector<std::int64_t> shape = {std::ssize(wanted), e.spec.samples, e.process->slots()};
  shape.insert(shape.end(), event.begin(), event.end());
  at::Tensor states = at::empty(shape, e.spec.dtype == "float64" ? at::kDouble : at::kFloat);
  Collector collector(states);
  ProgressObserver progress(collector, fmt::format("reference, {} steps", fine.steps()), program,
                            e.spec.samples);
  run_program(program, field, e.spec, *noise, initial, progress, 0);
  progress.finish();
  return states;
}

std::string reason_without_errors(const Experiment& experiment, const Registry& registry) {
  if (!experiment.spec.reference.present) return "no reference";
  const bool stochastic = is_stochastic(experiment.program);
  const bool reference = build_integrator(experiment, registry)->traits().stochastic;
  if (stochastic && experiment.spec.noise.mode == "zero") return "";
  if (stochastic && !reference)
    return "the integrator draws noise, the reference does not: strong errors need a stochastic "
           "reference.integrator and noise=path";
  if (stochastic && experiment.spec.noise.mode != "path")
    return "strong errors need one Brownian path for both grids: noise=path";
  if (!stochastic && reference) return "the reference draws noise, the integrator does not";
  return "";
}

std::shared_ptr<const Reference> ReferenceCache::get(const Experiment& experiment,
                                                     const Registry& registry) {
  const std::string hash = hash_of(experiment);
  for (const auto& solved : solved_)
    if (solved->hash == hash) return solved;
  const auto start = std::chrono::steady_clock::now();
  auto reference = std::make_shared<Reference>();
  reference->hash = hash;
  reference->times = experiment.grid->times();
  reference->steps = experiment.spec.reference.steps;
  reference->states = solve(experiment, registry, reference->steps);
  if (experiment.spec.reference.check)
    measure_own_errors(*reference, solve(experiment, registry, 2 * reference->steps));
  reference->seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  solved_.push_back(reference);
  return reference;
}

}  // namespace strang
