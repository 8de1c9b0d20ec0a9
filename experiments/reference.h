#pragma once

#include <memory>
#include <string>
#include <vector>

#include "experiments/experiment.h"

namespace strang {

// The fine-grid solution from the same initial states and noise, at the nodes of a run's grid.
struct Reference {
  std::string hash;  // names everything that it depends on
  std::vector<double> times;
  at::Tensor states;     // [node, sample, slot, event...], element type of the state
  at::Tensor own_error;  // float64 [node, sample]: rmse against a twice finer solution; undefined
                         // without a check
  at::Tensor own_error_linf;
  int steps = 0;
  double seconds = 0;
};

// Why a run can have no errors against the reference; empty when it can. A stochastic integrator
// needs a stochastic reference on the same Brownian path.
std::string reason_without_errors(const Experiment& experiment, const Registry& registry);

// Solves references and keeps them: cells of a sweep that differ in integrator, steps or
// coefficients share one.
class ReferenceCache {
 public:
  std::shared_ptr<const Reference> get(const Experiment& experiment, const Registry& registry);

 private:
  std::vector<std::shared_ptr<const Reference>> solved_;
};

}  // namespace strang
