#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiments/experiment.h"
#include "experiments/features.h"

namespace strang {

// What a run is compared with, at the nodes of its grid: the fine-grid solution from the same
// initial states and noise, or states from a file.
struct Reference {
  std::string hash;  // names everything that it depends on
  std::vector<double> times;
  std::vector<at::Tensor> states;  // of each node [sample, slot, event...], as the run's
  // By norm, of each node float64 [sample]: the distance from a twice finer solution. Empty without
  // a check. References to some of the nodes share the memory.
  std::map<std::string, std::vector<at::Tensor>> own_errors;
  int steps = 0;
  double seconds = 0;

  std::int64_t samples() const { return states.at(0).size(0); }
};

// Throws UsageError unless the run's reference can be had: solved on a grid with the ends of the
// run's, or read from a file that has its nodes and samples.
void require_reference(const Experiment& experiment, const Registry& registry);

// The parts of one reference for the shards of a run, in the order of samples, as one. `hash` is
// that of the whole.
Reference join_samples(const std::vector<std::shared_ptr<const Reference>>& parts,
                       const std::string& hash);

// The reference's grid with so many steps. Throws UsageError unless it has the ends of the run's.
Grid fine_grid(const Experiment& experiment, const Registry& registry, int steps);

// The reference's method on a grid for all samples of the experiment, with its noise: the states
// [wanted, sample, slot, event...] at the wanted times. The field may be another one than the
// experiment's.
at::Tensor solve_fine(const Experiment& experiment, const Registry& registry, const Field& field,
                      const Grid& fine, const std::vector<double>& wanted,
                      const Executor::Initial& initial);

// Why a run can have no errors against the reference; empty when it can. A stochastic integrator
// needs a stochastic reference on the same Brownian path, or stored states and their noise.
std::string reason_without_errors(const Experiment& experiment, const Registry& registry);

// Names all that a reference depends on but the times at which it is wanted: a hash of process,
// model, seed, samples, initial states, noise and method, with the content of the files that they
// name, and of the code. `composed` has no interpolations.
std::string reference_hash(const config::Node& composed);

// Solves references and keeps them: cells of a sweep that differ in integrator, steps or
// coefficients share one. With a folder they are kept in files, too, `<hash>.h5`, which other
// processes share: a reference is solved once even when several processes ask for it together.
// The bits of a state do not depend on the other times that are wanted, nor on where it comes from.
// A shard's reference is one of its own, for its samples alone.
class ReferenceCache {
 public:
  ReferenceCache() = default;
  explicit ReferenceCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Times that later calls of `get` will want of a reference: solved with the first of them.
  void expect(const std::string& hash, const std::vector<double>& times);
  std::shared_ptr<const Reference> get(const Experiment& experiment, const Registry& registry);

  FeatureReferences features;  // what features are compared with

 private:
  const Reference& solved(const Experiment& experiment, const Registry& registry,
                          const std::string& hash, const std::vector<double>& wanted);

  std::filesystem::path folder_;  // empty: memory only
  std::map<std::string, std::vector<double>> expected_;
  std::optional<Reference> kept_;  // the last one, at all its times
};

}  // namespace strang
