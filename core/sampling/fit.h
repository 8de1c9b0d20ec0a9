#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/registry_forward.h"
#include "core/sampling/optimizer_task.h"
#include "core/sampling/tracer.h"

namespace strang {

// An evaluation as an integrator made it.
struct Evaluated {
  double time = 0;
  Value input;
  Estimate estimate;
};

// One step of an integrator, seen from outside.
struct TracedStep {
  int i = 0;
  double from = 0, to = 0;
  Value state;  // at `from`
  Value base;   // what the integrator wants at `to`
  std::vector<Evaluated> evaluations;
};

// A direction that a step may move along.
struct Feature {
  std::string name;
  Value value;
  double base = 0;  // its coefficient in the base step
};

// The directions of the step `steps.back()`; earlier steps stand before it.
using Directions =
    std::function<std::vector<Feature>(const Grid& grid, std::span<const TracedStep> steps)>;

// How a fit is done (spec of the options: docs/fit.md).
struct FitOptions {
  int first_step = 1;
  std::optional<std::int64_t> last_step;
  std::string target = "local_restart";
  config::Node reference;
  bool on_policy = true;
  std::int64_t samples = 200;
  std::int64_t validation = 0;
  config::Node initial;
  config::Node validation_initial;
  std::vector<std::string> constraints;
  SolveOptions solve;
  bool keep_features = false;

  void fields(OptionVisitor& v);
  // What `reference` says: the integrator (null: the base itself), substeps and their spacing.
  void build(const Registry& registry);

  std::shared_ptr<const Integrator> reference_integrator;
  int substeps = 3;
  std::string spacing = "uniform_t";
};

// Fits a correction of every step of any integrator: a finer solution minus the base step is
// regressed on the directions (Zhang et al. 2024, eq. 8 and 14, in residual form). One pass: all
// micro-batches run to a step, it is solved, they go on with its coefficients. No step is run
// twice. Memory beyond the states of all samples: O(p^2) for each step.
class FitOptimizer final : public Optimizer {
 public:
  FitOptimizer(FitOptions options, Directions directions)
      : options_(std::move(options)), directions_(std::move(directions)) {}
  Artefact optimize(const OptimizerTask& task) const override;

 private:
  FitOptions options_;
  Directions directions_;
};

// Chooses beta from the stored equations. `step.refused` steps keep zeros.
void resolve_step(FittedStep& step, const SolveOptions& options);

}  // namespace strang
