#pragma once

#include <memory>
#include <optional>

#include "core/program/executor.h"
#include "core/registry.h"
#include "core/sampling/field.h"
#include "core/sampling/grid.h"
#include "core/sampling/optimizer_task.h"
#include "experiments/spec.h"

namespace strang {

class FeatureExtraction;  // experiments/features.h

// What an experiment is apart from its model, which may take long to load.
struct Outline {
  Spec spec;
  config::Node composed;  // the configuration as it came
  config::Node resolved;  // with every option of every plugin
  std::unique_ptr<Process> process;
  std::unique_ptr<Schedule> schedule;
  std::unique_ptr<Integrator> integrator;
  std::unique_ptr<Optimizer> optimizer;  // null: none
  std::unique_ptr<Grid> grid;
};

// The objects of one experiment, checked against each other, and the traced program.
struct Experiment : Outline {
  std::unique_ptr<Model> model;
  std::unique_ptr<Labels> labels;  // null: none
  std::unique_ptr<Field> field;
  std::shared_ptr<const FeatureExtraction> features;  // null: none are asked for
  Program program;
  std::optional<Artefact> artefact;  // what the optimizer found, once it has run
};

// The outline of what the composed and resolved configuration describes; the options of model and
// features stay as they are written. Throws UsageError for every mistake that can be known without
// the model.
Outline outline_experiment(const config::Node& config, const Registry& registry);

// Builds and traces what the composed and resolved configuration describes. Throws UsageError for
// every mistake that can be known before the first evaluation. The optimizer does not run: the
// program is that of the base integrator.
Experiment build_experiment(const config::Node& config, const Registry& registry);

// Runs the micro-batches of a program for all samples of the spec, several at a time where they are
// small. The bits do not depend on how many. The observer is called from several threads, for
// different micro-batches; its rows count from the spec's first sample. The first `followed` of
// them are recorded. Throws terminal::Interrupted at the first node after a signal.
Counters run_program(const Program& program, const Field& field, const Spec& spec,
                     const NoiseSource& noise, const Executor::Initial& initial, Observer& observer,
                     std::int64_t followed);

}  // namespace strang
