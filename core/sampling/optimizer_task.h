#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/config/node.h"
#include "core/program/executor.h"
#include "core/sampling/field.h"
#include "core/sampling/fitted_step.h"
#include "core/sampling/grid.h"
#include "core/sampling/integrator.h"
#include "core/sampling/optimizer.h"
#include "core/sampling/schedule.h"

namespace strang {

// What an optimizer works on: a base sampler and where it runs. Everything outlives the call.
struct OptimizerTask {
  const Field& field;
  const Integrator& integrator;
  const Schedule& schedule;
  const Grid& grid;
  ExecutorOptions execution;
  // Initial states at the grid's first time. `source`: null for draws of the prior of their own
  // (domain fit, numbered by `stream`), else {file, dataset, scale} as in the spec's `initial`.
  std::function<Executor::Initial(const config::Node& source, int stream, std::int64_t samples)>
      initial;
};

// What an optimizer found: times, coefficients, or both. One type for schedules and step
// coefficients: a grid and the program on it.
struct Artefact {
  std::vector<double> times;
  Program program;
  std::vector<FittedStep> steps;  // of coefficient fits
  // Numbers that a search settled on, and what it says of them, by name.
  std::vector<std::pair<std::string, double>> found;
  std::int64_t samples = 0;      // in the fit
  std::int64_t evaluations = 0;  // network evaluations, summed over samples
  double seconds = 0;
  double seconds_evaluating = 0;
};

}  // namespace strang
