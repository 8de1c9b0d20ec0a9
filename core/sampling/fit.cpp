#include "core/sampling/fit.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/error.h"
#include "core/registry.h"
#include "core/sampling/fit_trace.h"
#include "core/tensor.h"

namespace strang {
namespace {

// Gathers the columns of one micro-batch and turns them into equations.
class Columns final : public Observer {
 public:
  Columns(bool with_factor, bool keep) : with_factor_(with_factor), keep_(keep) {}

  void record(const Record& record, const at::Tensor& value, Rows rows) override {
    if (used_ == columns_.size()) columns_.push_back(at::empty({0}, at::kDouble));
    at::Tensor& column = columns_[used_++];
    column.resize_(value.sizes()).copy_(value);  // in the memory of the step before
    if (record.name != "residual") return;
    std::vector<const double*> data;
    for (std::size_t i = 0; i < used_; ++i) data.push_back(columns_[i].const_data_ptr<double>());
    equations_ = form_equations(data, column.numel(), rows.valid, with_factor_);
    kept_ = at::Tensor();
    if (keep_ && used_ > 1)
      kept_ = at::stack(at::TensorList(columns_.data(), used_ - 1))
                  .view({-1, rows.valid, column.numel() / rows.valid});
    used_ = 0;
  }

  const NormalEquations& equations() const { return equations_; }
  const at::Tensor& kept() const { return kept_; }  // [feature, sample, element]

 private:
  bool with_factor_, keep_;
  std::vector<at::Tensor> columns_;
  std::size_t used_ = 0;  // columns of this step
  NormalEquations equations_;
  at::Tensor kept_;
};

// All micro-batches of one batch of samples, each stopped at the same operation.
class Batch {
 public:
  Batch(const Program& program, const OptimizerTask& task, const FitOptions& options,
        const config::Node& initial, int stream, std::int64_t samples, bool keep) {
    ExecutorOptions execution = task.execution;
    execution.followed = samples;
    const Executor::Initial states = task.initial(initial, stream, samples);
    for (std::int64_t j = 0; j * execution.microbatch < samples; ++j) {
      columns_.push_back(std::make_unique<Columns>(options.solve.method == "qr", keep));
      executors_.emplace_back(program, task.field, noise_, execution);
      executors_.back().start(j, samples, states, *columns_.back());
    }
  }

  NormalEquations advance(std::size_t position) {
    std::vector<NormalEquations> parts;
    for (std::size_t j = 0; j < executors_.size(); ++j) {
      executors_[j].advance(position);
      parts.push_back(columns_[j]->equations());
    }
    return merge(parts);
  }

  void update() {
    for (Executor& executor : executors_) executor.update();
  }

  // [feature, sample, element], row-major; empty unless kept.
  std::vector<double> features() const {
    std::vector<at::Tensor> parts;
    for (const auto& columns : columns_)
      if (columns->kept().defined()) parts.push_back(columns->kept());
    if (parts.empty()) return {};
    const at::Tensor all = at::cat(parts, 1).contiguous();
    return {all.const_data_ptr<double>(), all.const_data_ptr<double>() + all.numel()};
  }

  void count(Artefact& artefact) const {
    for (const Executor& executor : executors_) {
      artefact.evaluations += executor.counters().evaluations;
      artefact.seconds_evaluating += executor.counters().seconds_evaluating;
    }
  }

 private:
  ZeroNoise noise_;
  std::vector<std::unique_ptr<Columns>> columns_;
  std::vector<Executor> executors_;
};

// Falls back to the base step where the validation batch is not better off.
void validate(FittedStep& step, const NormalEquations& held_out) {
  step.validation_base = held_out.mean_square(std::vector<double>(step.beta.size(), 0));
  step.validation_fit = held_out.mean_square(step.beta);
  step.refused = !(step.validation_fit < step.validation_base);
  if (step.refused) std::fill(step.beta.begin(), step.beta.end(), 0);
}

}  // namespace

void FitOptions::fields(OptionVisitor& v) {
  v.field("first_step", first_step, "first fitted step").at_least(0);
  v.field(
       "last_step", last_step,
       "last fitted step; null: the last but one where the grid ends at zero noise, else the last")
      .at_least(0);
  v.field("target", target,
          "what a step is fitted to: a finer solution from its own state, or the reference path")
      .one_of({"local_restart", "global_trajectory"});
  v.field("reference", reference,
          "{integrator: same or a plugin, substeps: 3, spacing: uniform_t | log_snr}");
  v.field("on_policy", on_policy,
          "fit a step on states that fitted steps led to; false: on the base integrator's");
  v.field("samples", samples, "samples of the fit").at_least(1);
  v.field("validation", validation,
          "samples of a second batch: a step that is not better on it keeps the base; 0: none")
      .at_least(0);
  v.field("initial", initial, "null: draws of the prior of their own, or {file, dataset, scale}");
  v.field("validation_initial", validation_initial, "the same for the validation batch");
  v.field("constraints", constraints, "what the fitted step must keep exact")
      .one_of({"translation", "point_mass"});
  v.field("keep_features", keep_features, "store the features of all samples in the file");
  solve.fields(v);
}

void FitOptions::build(const Registry& registry) {
  if (reference.is_null()) return;
  config::Node integrator("same");
  read_options(reference, "optimizer.reference", [&](OptionVisitor& v) {
    v.field("integrator", integrator, "");
    v.field("substeps", substeps, "").at_least(1);
    v.field("spacing", spacing, "").one_of({"uniform_t", "log_snr"});
  });
  if (integrator.is_string() && integrator.text() == "same") return;
  reference_integrator =
      registry.integrators.build(integrator, "optimizer.reference.integrator", registry).object;
}

void resolve_step(FittedStep& step, const SolveOptions& options) {
  if (step.refused) return;
  const Solution solution = solve(step.equations, options, step.constraints);
  step.beta = solution.beta;
  step.rank = solution.rank;
  step.condition = solution.condition;
  step.mse_base = step.equations.mean_square(std::vector<double>(step.beta.size(), 0));
  step.mse_fit = step.equations.mean_square(step.beta);
}

Artefact FitOptimizer::optimize(const OptimizerTask& task) const {
  const auto start = std::chrono::steady_clock::now();
  FitProgram fit = trace_fit(task, options_, directions_, true);
  Batch batch(fit.program, task, options_, options_.initial, 0, options_.samples,
              options_.keep_features);
  std::optional<Batch> held_out;
  if (options_.validation > 0)
    held_out.emplace(fit.program, task, options_, options_.validation_initial, 1,
                     options_.validation, false);
  Artefact artefact{.times = task.grid.times(), .samples = options_.samples};
  for (FitPoint& point : fit.points) {
    FittedStep& step = point.step;
    step.equations = batch.advance(point.position);
    step.features = batch.features();
    resolve_step(step, options_.solve);
    if (held_out) validate(step, held_out->advance(point.position));
    for (std::size_t j = 0; j < step.free.size(); ++j)
      fit.program.free[step.free[j]] = step.beta[j];
    batch.update();
    if (held_out) held_out->update();
    artefact.steps.push_back(step);
  }
  batch.count(artefact);
  if (held_out) held_out->count(artefact);
  artefact.program = trace_fit(task, options_, directions_, false).program;
  artefact.program.free = fit.program.free;
  artefact.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return artefact;
}

}  // namespace strang
