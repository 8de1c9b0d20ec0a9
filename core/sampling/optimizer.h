#pragma once

namespace strang {

struct OptimizerTask;  // core/sampling/optimizer_task.h
struct Artefact;

// A rule that chooses a sampler's numbers for one model, grid and process.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  virtual Artefact optimize(const OptimizerTask& task) const = 0;
};

}  // namespace strang
