#pragma once

#include <vector>

#include "core/store/group.h"
#include "core/tensor.h"
#include "experiments/reference.h"

namespace strang {

// Weak errors of the positions at the last node (docs/errors.md): the mean of each test function of
// the spec over samples, against its exact expectation where the model knows the law of its data,
// and against the reference's final states where there is a reference (pairs of samples that start
// from one state).
struct WeakErrors {
  std::vector<std::string> functions;
  at::Tensor values;            // [function, sample]
  std::vector<double> exact;    // NaN: not known
  at::Tensor reference_values;  // as `values`; undefined without a reference
};

// Throws UsageError if the spec asks for weak errors and there is nothing to compare with.
void require_weak(const Experiment& experiment, bool measured);

// `states` [sample, slot, event...], float64; `reference` may be null.
WeakErrors measure_weak(const Experiment& experiment, const at::Tensor& states,
                        const Reference* reference);

// Writes the group "weak" of the run file's group "error".
void write_weak(const WeakErrors& weak, store::Group& errors);

}  // namespace strang
