#include "experiments/experiment.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/program/kernels.h"
#include "core/tensor.h"
#include "core/terminal/interrupt.h"
#include "experiments/belonging.h"
#include "experiments/features.h"
#include "experiments/norms.h"
#include "experiments/sampler.h"

namespace strang {
namespace {

// The largest number of steps whose evaluations fit the budget.
int steps_for_budget(const Spec& spec, const Process& process, const Schedule& schedule,
                     const IntegratorTraits& traits) {
  require(!traits.adaptive,
          "'nfe' cannot be set for an adaptive integrator: set 'steps' (nodes) and its tolerances");
  const auto budget = static_cast<double>(*spec.nfe) - (spec.denoise == "none" ? 0 : 1);
  const Grid probe(process, schedule.times(process, 2));
  const bool ends_at_zero = !probe.evaluable(probe.steps());
  int steps = 0;
  while (traits.nfe(steps + 1, ends_at_zero) <= budget) ++steps;
  require(steps >= 1, "nfe = {} does not allow a single step: one needs {} evaluations{}",
          *spec.nfe, traits.nfe(1, ends_at_zero),
          spec.denoise == "none" ? "" : " and the denoising step one");
  return steps;
}

void require_fits(const Spec& spec, const IntegratorTraits& traits, const Process& process) {
  const std::string name = spec.integrator.find("name")->text();
  require(traits.slots == 0 || traits.slots == process.slots(),
          "integrator '{}' works on states of {} slot(s), but process '{}' has {}", name,
          traits.slots, spec.process.find("name")->text(), process.slots());
  require(traits.couples_samples || spec.microbatch >= 4,
          "microbatch is {}: it must be at least 4, because kernels round differently for smaller "
          "batches",
          spec.microbatch);
  require(!traits.couples_samples || spec.samples <= spec.microbatch,
          "integrator '{}' couples the samples of a batch: the whole run must be one micro-batch, "
          "but samples = {} "
          "and microbatch = {}",
          name, spec.samples, spec.microbatch);
  const std::vector<std::string> norms = norms_for(process.slots());
  for (const std::string& norm : spec.error_norms)
    require(std::count(norms.begin(), norms.end(), norm) > 0,
            "errors.norms: '{}' needs a process with a momentum; '{}' has {}", norm,
            spec.process.find("name")->text(), fmt::join(norms, ", "));
  const std::string missing = spec.device == "cuda" ? why_no_cuda() : "";
  require(missing.empty(), "device '{}' is not available, cpu is: {}", spec.device, missing);
}

// Micro-batches that are too small for threads inside their kernels are run side by side.
int lanes(const Field& field, const Spec& spec, std::int64_t batches) {
  constexpr std::int64_t small = 32768;
  if (spec.device != "cpu") return 1;
  std::int64_t elements = spec.microbatch * field.process().slots();
  for (const std::int64_t size : field.model().event_shape()) elements *= size;
  if (elements > small) return 1;
  return static_cast<int>(std::min<std::int64_t>(at::get_num_threads(), batches));
}

// Ends a run at a node once the user has asked for it. Rows count from the first sample.
class Watchful final : public Observer {
 public:
  Watchful(Observer& observer, std::int64_t first) : observer_(observer), first_(first) {}
  std::int64_t rows_wanted(const Node& node, Rows rows) const override {
    return observer_.rows_wanted(node, here(rows));
  }
  void node(const Node& node, const at::Tensor& state, Rows rows) override {
    terminal::throw_if_interrupted();
    observer_.node(node, state, here(rows));
  }
  void record(const Record& record, const at::Tensor& value, Rows rows) override {
    observer_.record(record, value, here(rows));
  }
  void result(const at::Tensor& state, Rows rows) override { observer_.result(state, here(rows)); }

 private:
  Rows here(Rows rows) const { return {rows.first - first_, rows.valid}; }

  Observer& observer_;
  std::int64_t first_;
};

void add_features(Experiment& e, const Registry& registry) {
  const FeatureOptions& options = e.spec.features;
  if (!options.present()) return;
  const std::int64_t samples = options.samples.value_or(e.spec.samples);
  require(samples >= 2 && samples <= e.spec.samples,
          "features.samples: statistics need 2 to {} of the run's samples, not {}", e.spec.samples,
          samples);
  config::Node section = *e.resolved.find("features"), extractor;
  auto built = build_extractor(options, registry, &extractor);
  section.set("extractor", extractor);
  e.resolved.set("features", section);
  e.features = std::make_shared<const FeatureExtraction>(
      std::move(built), extractor.find("name")->text(), options.protocol, e.model->event_shape());
}

void add(Counters& total, const Counters& part) {
  total.evaluations += part.evaluations;
  total.accepted += part.accepted;
  total.rejected += part.rejected;
  total.seconds_evaluating += part.seconds_evaluating;
  total.seconds_observing += part.seconds_observing;
  total.seconds_total += part.seconds_total;
}

}  // namespace

Outline outline_experiment(const config::Node& config, const Registry& registry) {
  Outline o;
  o.spec = Spec::read(config);
  o.composed = o.resolved = config;
  const auto build = [&](const auto& catalog, const config::Node& node, const std::string& key) {
    auto built = catalog.build(node, key, registry);
    o.resolved.set(key, built.options);
    return std::move(built.object);
  };
  o.process = build(registry.processes, o.spec.process, "process");
  o.schedule = build(registry.schedules, o.spec.schedule, "schedule");
  o.integrator = build(registry.integrators, o.spec.integrator, "integrator");
  if (!o.spec.optimizer.is_null())
    o.optimizer = build(registry.optimizers, o.spec.optimizer, "optimizer");
  const IntegratorTraits traits = o.integrator->traits();
  require_fits(o.spec, traits, *o.process);
  if (!o.spec.steps) o.spec.steps = steps_for_budget(o.spec, *o.process, *o.schedule, traits);
  o.grid = std::make_unique<Grid>(*o.process,
                                  o.schedule->times(*o.process, static_cast<int>(*o.spec.steps)));
  return o;
}

Experiment build_experiment(const config::Node& config, const Registry& registry) {
  Experiment e;
  static_cast<Outline&>(e) = outline_experiment(config, registry);
  if (e.spec.threads) at::set_num_threads(static_cast<int>(*e.spec.threads));
  auto model = registry.models.build(e.spec.model, "model", registry);
  e.resolved.set("model", model.options);
  e.model = std::move(model.object);
  add_features(e, registry);
  e.resolved.set("labels", e.spec.labels.write());
  e.labels = make_labels(e.spec.labels, LabelUse::run, e.spec.seed,
                         e.spec.first_sample + e.spec.samples, *e.model);
  e.field = std::make_unique<Field>(*e.process, *e.model, e.labels.get());
  require_belonging(e);
  e.program =
      trace_sampler(*e.integrator, *e.field, *e.grid, {e.spec.denoise, e.spec.log_evaluations});
  return e;
}

Counters run_program(const Program& program, const Field& field, const Spec& spec,
                     const NoiseSource& noise, const Executor::Initial& initial, Observer& observer,
                     std::int64_t followed) {
  const std::int64_t first = spec.first_sample / spec.microbatch;
  ensure(first * spec.microbatch == spec.first_sample, "sample {} does not begin a micro-batch",
         spec.first_sample);
  const std::int64_t end = spec.first_sample + spec.samples;
  const std::int64_t batches = (end + spec.microbatch - 1) / spec.microbatch;
  const ExecutorOptions options{spec.microbatch, spec.dtype == "float64" ? at::kDouble : at::kFloat,
                                field.model().event_shape(), spec.first_sample + followed,
                                spec.device == "cuda" ? at::kCUDA : at::kCPU};
  const int count = lanes(field, spec, batches - first);
  Watchful watchful(observer, spec.first_sample);
  std::atomic<std::int64_t> next = first;
  std::mutex mutex;
  std::exception_ptr failure;
  Counters total;
  const auto lane = [&] {
    try {
      Executor executor(program, field, noise, options);
      for (std::int64_t j = next++; j < batches; j = next++)
        executor.run(j, end, initial, watchful);
      const std::lock_guard lock(mutex);
      add(total, executor.counters());
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      next = batches;
    }
  };
  if (count == 1) {
    lane();
  } else {
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i)
      threads.emplace_back([&] {
        at::set_num_threads(1);  // of this thread's kernels
        lane();
      });
    threads.clear();
  }
  if (failure) std::rethrow_exception(failure);
  return total;
}

}  // namespace strang
