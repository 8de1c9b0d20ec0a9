#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/program/noise_source.h"
#include "core/store/part_file.h"
#include "core/tensor.h"
#include "experiments/errors.h"
#include "experiments/final_states.h"
#include "experiments/run_features.h"
#include "experiments/run_file.h"
#include "experiments/shards.h"

namespace strang {

// The parts of a run that have been checked before its first evaluation.
struct PreparedRun {
  std::unique_ptr<NoiseSource> noise;
  Executor::Initial initial;
  std::string without_errors;  // why there are none; empty: there are

  bool measured() const { return without_errors.empty(); }
};

// Throws UsageError for what can be known of the whole run.
PreparedRun prepare_run(const Experiment& experiment, const Registry& registry);

// All that a run, or a shard of one, writes down: what looks at its program, and what is measured
// when that is over.
class RunRecording {
 public:
  // `reference` may be null; everything else outlives this. The experiment's spec says which
  // samples these are.
  RunRecording(const Experiment& experiment, std::shared_ptr<const Reference> reference,
               RunFeatures& features, store::PartFile& part);
  RunRecording(const RunRecording&) = delete;
  RunRecording& operator=(const RunRecording&) = delete;

  // Runs the program.
  Counters run(const PreparedRun& prepared, const std::string& label);
  // Takes what a shard has found in place of running it; adds its counters.
  void take(const store::Group& shard, const SampleRange& samples, Counters& counters);

  // Measures what needs all samples, writes it, and gives the file its name.
  void finish_run(const Registry& registry, const PreparedRun& prepared, const Counters& counters);
  // Writes what only the whole run can measure, and gives the file its name.
  void finish_shard(const Counters& counters);

 private:
  void take_trajectory(const store::Group& shard, const SampleRange& samples);
  void take_errors(const store::Group& errors, const SampleRange& samples);

  const Experiment& experiment_;
  RunFeatures& features_;
  store::PartFile& part_;
  std::optional<ErrorRecorder> errors_;
  RunFile file_;
  at::Tensor sheet_;  // the first images
  std::optional<FinalStates> final_states_;
};

// Calls `work`, which writes the part file. Where it fails or is interrupted, the file says why,
// and so does the exception, which says where the file is.
void record_failures(store::PartFile& part, const std::function<void()>& work);

}  // namespace strang
