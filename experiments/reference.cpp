#include "experiments/reference.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <utility>

#include "core/error.h"
#include "core/hash.h"
#include "core/tensor.h"
#include "experiments/job.h"
#include "experiments/norms.h"
#include "experiments/progress_observer.h"
#include "experiments/reference_file.h"
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

at::Tensor solve(const Experiment& e, const Registry& registry, int steps,
                 const std::vector<double>& times) {
  return solve_fine(e, registry, *e.field, fine_grid(e, registry, steps), times,
                    make_initial(e.spec, *e.grid, e.model->event_shape()));
}

void measure_own_errors(Reference& reference, const at::Tensor& states, const at::Tensor& finer) {
  const std::int64_t nodes = finer.size(0), samples = finer.size(1);
  for (const std::string& norm : norms_for(static_cast<int>(finer.size(2)))) {
    const at::Tensor own = at::empty({nodes, samples}, at::kDouble);
    distances(norm, states.flatten(0, 1), finer.flatten(0, 1), nodes * samples,
              own.mutable_data_ptr<double>());
    reference.own_errors[norm] = own.unbind();
  }
}

Reference solve_reference(const Experiment& e, const Registry& registry, const std::string& hash,
                          const std::vector<double>& times) {
  const auto start = std::chrono::steady_clock::now();
  Reference reference{.hash = hash, .times = times, .steps = e.spec.reference.steps};
  const at::Tensor states = solve(e, registry, reference.steps, times);
  reference.states = states.unbind();
  if (e.spec.reference.check)
    measure_own_errors(reference, states, solve(e, registry, 2 * reference.steps, times));
  reference.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return reference;
}

// The states of the run's samples at its nodes [node, sample, numbers of a state] from the file
// that the spec names. One that has no axis of nodes holds those of the last: the others are NaN.
at::Tensor stored_states(const Experiment& e) {
  const DatasetOptions& data = e.spec.reference.data;
  at::Tensor all = read_node_states(data, "reference", *e.process, e.model->event_shape());
  const std::int64_t nodes = e.grid->steps() + 1, last = e.spec.first_sample + e.spec.samples;
  if (all.dim() == 2) {
    const at::Tensor final = all;
    all = at::full({nodes, final.size(0), final.size(1)}, std::nan(""), final.options());
    all[nodes - 1].copy_(final);
  }
  require(all.size(0) == nodes, "{}: {} holds states at {} nodes, the run has {}", data.file,
          data.dataset, all.size(0), nodes);
  require(all.size(1) >= last, "{}: {} holds {} samples, the run has {}", data.file, data.dataset,
          all.size(1), last);
  return all.narrow(1, e.spec.first_sample, e.spec.samples);
}

Reference stored_reference(const Experiment& e, const std::string& hash) {
  const at::Tensor states = stored_states(e);
  std::vector<std::int64_t> shape = {states.size(0), states.size(1), e.process->slots()};
  for (const std::int64_t size : e.model->event_shape()) shape.push_back(size);
  const at::ScalarType type = e.spec.dtype == "float64" ? at::kDouble : at::kFloat;
  return {.hash = hash,
          .times = e.grid->times(),
          .states = states.reshape(shape).to(type).contiguous().unbind(),
          .steps = e.grid->steps()};
}

// From noise to data, each once.
std::vector<double> united(std::vector<double> a, const std::vector<double>& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end(), std::greater<>());
  a.erase(std::unique(a.begin(), a.end()), a.end());
  return a;
}

bool covers(const std::vector<double>& times, const std::vector<double>& wanted) {
  return std::includes(times.begin(), times.end(), wanted.begin(), wanted.end(), std::greater<>());
}

// Of the samples of the spec, which may be a shard of those of the configuration.
std::string hash_for(const Experiment& e) {
  std::string hash = reference_hash(e.composed);
  const config::Node* samples = e.composed.find("samples");
  const std::int64_t whole = samples == nullptr ? e.spec.samples : samples->integer();
  if (e.spec.samples == whole) return hash;
  return sha256_hex(fmt::format("{} {} {}", hash, e.spec.first_sample, e.spec.samples));
}

}  // namespace

Reference join_samples(const std::vector<std::shared_ptr<const Reference>>& parts,
                       const std::string& hash) {
  Reference whole{.hash = hash, .times = parts.at(0)->times, .steps = parts[0]->steps};
  for (const auto& part : parts) whole.seconds += part->seconds;
  const auto joined = [&](const auto& nodes_of) {
    std::vector<at::Tensor> nodes;
    for (std::size_t node = 0; node < whole.times.size(); ++node) {
      std::vector<at::Tensor> pieces;
      for (const auto& part : parts) pieces.push_back(nodes_of(*part)[node]);
      nodes.push_back(at::cat(pieces));
    }
    return nodes;
  };
  whole.states = joined([](const Reference& part) -> const auto& { return part.states; });
  for (const auto& [norm, first] : parts[0]->own_errors)
    whole.own_errors[norm] =
        joined([&](const Reference& part) -> const auto& { return part.own_errors.at(norm); });
  return whole;
}

void require_reference(const Experiment& e, const Registry& registry) {
  if (e.spec.reference.is_stored())
    stored_states(e);
  else
    fine_grid(e, registry, e.spec.reference.steps);
}

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
  const ReferenceOptions& options = experiment.spec.reference;
  if (!options.present) return "no reference";
  const bool stochastic = is_stochastic(experiment.program);
  if (options.is_stored())
    return stochastic && experiment.spec.noise.mode != "replay"
               ? "the integrator draws noise: states from a file need its noise, noise.replay"
               : "";
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

std::string reference_hash(const config::Node& composed) {
  config::Node key{config::Node::Map{}};
  for (const char* name : {"process", "model", "seed", "samples", "microbatch", "dtype", "noise",
                           "initial", "labels", "reference"})
    if (const config::Node* node = composed.find(name)) key.set(name, *node);
  const config::Node* reference = composed.find("reference");
  const config::Node* own = reference == nullptr ? nullptr : reference->find("schedule");
  if (own == nullptr || own->is_null()) key.set("schedule", *composed.find("schedule"));
  return job_hash(key);
}

void ReferenceCache::expect(const std::string& hash, const std::vector<double>& times) {
  expected_[hash] = united(std::move(expected_[hash]), times);
}

const Reference& ReferenceCache::solved(const Experiment& e, const Registry& registry,
                                        const std::string& hash,
                                        const std::vector<double>& wanted) {
  if (kept_ && kept_->hash == hash && covers(kept_->times, wanted)) return *kept_;
  kept_.reset();  // before there is a second one in memory
  const auto solve_at = [&](const std::vector<double>& times) {
    return solve_reference(e, registry, hash, times);
  };
  kept_ = folder_.empty() ? solve_at(wanted) : shared_reference(folder_, hash, wanted, solve_at);
  return *kept_;
}

std::shared_ptr<const Reference> ReferenceCache::get(const Experiment& experiment,
                                                     const Registry& registry) {
  const std::string hash = hash_for(experiment);
  if (experiment.spec.reference.is_stored())
    return std::make_shared<Reference>(stored_reference(experiment, hash));
  const std::vector<double>& times = experiment.grid->times();
  const auto expected = expected_.find(reference_hash(experiment.composed));
  const std::vector<double> wanted =
      expected == expected_.end() ? times : united(expected->second, times);
  return std::make_shared<Reference>(at_times(solved(experiment, registry, hash, wanted), times));
}

}  // namespace strang
