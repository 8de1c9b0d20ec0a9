#pragma once

#include <memory>

#include "core/program/executor.h"
#include "core/program/noise_source.h"
#include "core/sampling/grid.h"
#include "experiments/spec.h"

namespace strang {

// Throws UsageError unless the files with states and noise that the spec names are there.
void require_files(const Spec& spec);

// The noise that the spec asks for. Everything that `program` will draw is checked now: a record
// that holds fewer draws or samples, a Brownian path for a program that needs more than its
// increments. Throws UsageError.
std::unique_ptr<NoiseSource> make_noise(const Spec& spec, const Grid& grid, const Program& program,
                                        const std::vector<std::int64_t>& event_shape);

// The initial states that the spec asks for: keyed draws times the root of the prior (of the kernel
// at the first time where the grid starts below the end of the process), or rows of a dataset.
Executor::Initial make_initial(const Spec& spec, const Grid& grid,
                               const std::vector<std::int64_t>& event_shape);

// The rows of a dataset as states of the process: float64 [sample, numbers of a state], slots side
// by side. `key` names the option in messages. Throws UsageError.
at::Tensor read_sample_states(const DatasetOptions& data, const std::string& key,
                              const Process& process, const std::vector<std::int64_t>& event_shape);

// States of samples at nodes, float64 [node, sample, numbers of a state], or [sample, numbers of a
// state] where the dataset has no axis of nodes.
at::Tensor read_node_states(const DatasetOptions& data, const std::string& key,
                            const Process& process, const std::vector<std::int64_t>& event_shape);

}  // namespace strang
