#include "core/sampling/fit_trace.h"

#include <map>
#include <utility>

#include "core/error.h"
#include "core/sampling/point_mass.h"

namespace strang {
namespace {

// Watches a tracer: gathers the steps, and gives the fitted ones their free coefficients.
class FitHook {
 public:
  FitHook(const OptimizerTask& task, const FitOptions& options, const Directions& directions,
          bool with_targets)
      : task_(task),
        options_(options),
        directions_(directions),
        with_targets_(with_targets),
        builder_(task.field.process().slots()),
        reference_(builder_, task.field, {.emit_nodes = false}),
        path_(builder_.initial()) {
    const int steps = task.grid.steps();
    last_ = static_cast<int>(
        options.last_step.value_or(task.grid.evaluable(steps) ? steps - 1 : steps - 2));
    require(last_ < steps, "optimizer.last_step is {}, but the grid has steps 0 to {}", last_,
            steps - 1);
    begin_step(builder_.initial());
  }

  FitProgram run() {
    Tracer trace(builder_, task_.field,
                 {.before_node = [this](int index, double t,
                                        const Value& base) { return reach(index - 1, t, base); },
                  .after_node = [this](int, double, const Value& state) { begin_step(state); },
                  .after_evaluation =
                      [this](double t, const Value& u, const Estimate& e) {
                        steps_.back().evaluations.push_back({t, u, e});
                      }});
    builder_.node(0, task_.grid[0], 0);
    const Value result = task_.integrator.trace(trace, builder_.initial(), task_.grid);
    return {builder_.finish(result), std::move(points_)};
  }

 private:
  void begin_step(const Value& state) {
    steps_.push_back({.i = static_cast<int>(steps_.size()), .state = state});
  }

  // The value of the node behind step i: the base, plus what the fit adds to it.
  Value reach(int i, double to, const Value& base) {
    TracedStep& step = steps_.back();
    step.from = task_.grid[i], step.to = to, step.base = base;
    const bool global = options_.target == "global_trajectory";
    Value target;
    const bool fitted = i >= options_.first_step && i <= last_;
    if (with_targets_ && (global ? i <= last_ : fitted)) {
      const Integrator& method =
          options_.reference_integrator ? *options_.reference_integrator : task_.integrator;
      target = method.trace(reference_, global ? path_ : step.state,
                            refine(task_.grid, i, options_.substeps, options_.spacing));
      path_ = target;
    }
    return fitted ? fit(i, base, target) : base;
  }

  Value fit(int i, const Value& base, const Value& target) {
    const std::vector<Feature> features = directions_(task_.grid, steps_);
    FitPoint point;
    point.step = {.step = i, .from = task_.grid[i], .to = task_.grid[i + 1]};
    Value next = base;
    for (const Feature& feature : features) {
      const FreeId free = builder_.free();
      point.step.names.push_back(feature.name);
      point.step.free.push_back(free);
      point.step.base.push_back(feature.base);
      if (options_.on_policy || !with_targets_)
        next += feature.value.map([&](Term term) {
          term.free = free;
          return term;
        });
    }
    point.step.beta.assign(features.size(), 0);
    if (with_targets_) record(i, features, base, target);
    point.position = builder_.position();
    if (with_targets_ && !options_.constraints.empty()) {
      std::vector<Value> values;
      for (const Feature& feature : features) values.push_back(feature.value);
      std::map<AtomId, double> states;
      for (const TracedStep& step : steps_) states[step.state.as_atom()] = task_.grid[step.i];
      Builder probe = builder_;
      point.step.constraints =
          point_mass_constraints(probe.finish(steps_.back().state), task_.field, states,
                                 task_.grid[i + 1], base, values, options_.constraints);
    }
    points_.push_back(std::move(point));
    return next;
  }

  void record(int i, const std::vector<Feature>& features, const Value& base, const Value& target) {
    for (std::size_t j = 0; j < features.size(); ++j)
      builder_.record("feature", static_cast<int>(j), task_.grid[i], features[j].value);
    builder_.record("residual", 0, task_.grid[i], target - base);
  }

  const OptimizerTask& task_;
  const FitOptions& options_;
  const Directions& directions_;
  bool with_targets_;
  Builder builder_;
  Tracer reference_;
  Value path_;  // where the reference of a global target is
  int last_ = 0;
  std::vector<TracedStep> steps_;
  std::vector<FitPoint> points_;
};

}  // namespace

FitProgram trace_fit(const OptimizerTask& task, const FitOptions& options,
                     const Directions& directions, bool with_targets) {
  require(!task.integrator.traits().adaptive,
          "an adaptive integrator chooses its own steps: its steps cannot be fitted");
  return FitHook(task, options, directions, with_targets).run();
}

Grid refine(const Grid& grid, int i, int substeps, const std::string& spacing) {
  if (spacing == "uniform_t" || !grid.evaluable(i + 1)) return grid.refine(i, substeps);
  std::vector<double> times;
  for (int m = 0; m <= substeps; ++m) {
    const double lambda = grid.log_snr(i) + m * (grid.log_snr_step(i) / substeps);
    times.push_back(time_at_log_snr(grid.process(), lambda));
  }
  times.front() = grid[i], times.back() = grid[i + 1];
  return grid.refine(i, std::move(times));
}

}  // namespace strang
