#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/store/group.h"
#include "core/tensor.h"
#include "experiments/reference.h"

namespace strang {

// The error of a run by where it comes from, sample by sample (docs/errors.md). With x the run's
// last state, r the fine solution of its own model, s that of the exact model, both from the
// prior's states, m that of the exact model from states of the exact marginal, and x_0 its
// continuation to the beginning of the process:
//   x - x_0 = (x - r) discretisation + (r - s) score + (s - m) prior + (m - x_0) end time.
struct Decomposition {
  // Root mean squares over the position's elements, [sample] each; "total" first, and "score" only
  // where the run's model is not the exact one.
  std::vector<std::pair<std::string, std::vector<double>>> parts;
};

// Throws UsageError if the spec asks for a decomposition that is not possible.
void require_decomposition(const Experiment& experiment, const Registry& registry, bool measured);

// `states`: the run's at its last node, [sample, slot, event...], float64.
Decomposition decompose(const Experiment& experiment, const Registry& registry,
                        const Reference& reference, const at::Tensor& states);

// Writes the group "decomposition" of the run file's group "error".
void write_decomposition(const Decomposition& decomposition, store::Group& errors);

}  // namespace strang
