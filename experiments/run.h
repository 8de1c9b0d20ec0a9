#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "analysis/run_summary.h"
#include "experiments/reference.h"

namespace strang {

// A run whose program has been executed: what is left is to measure and to write.
class SampledRun {
 public:
  virtual ~SampledRun() = default;
  // Whether `finish` runs the model again (a decomposition of the error).
  virtual bool evaluates() const = 0;
  // Measures, writes what was found, gives the file its name and says what is in it. Once; from any
  // thread, while other runs are going on in others. Throws like run_experiment.
  virtual analysis::RunSummary finish() = 0;
};

// Runs one experiment and writes `<folder>/run.h5`, and `<folder>/samples.png` where the samples
// are images; returns what the file says. Where that file is there already: a complete run of the
// same job (experiments/job.h) is left as it is, and its summary's note says so; anything else is
// refused with a UsageError. `force` runs and replaces it in any case. Throws UsageError before the
// first evaluation for whatever is wrong with the configuration; Error when the run fails and
// terminal::Interrupted when the user stops it: then `<folder>/run.h5.part` holds what was logged.
// `started`, if there is one, is called when everything has been checked, before the first
// evaluation; not where the run is done already.
analysis::RunSummary run_experiment(const config::Node& config, const std::filesystem::path& folder,
                                    const std::string& label, const Registry& registry,
                                    ReferenceCache& references, bool force = false,
                                    const std::function<void()>& started = {});

// The same up to the end of the sampling. `registry` outlives the result.
std::unique_ptr<SampledRun> sample_experiment(const config::Node& config,
                                              const std::filesystem::path& folder,
                                              const std::string& label, const Registry& registry,
                                              ReferenceCache& references, bool force = false,
                                              const std::function<void()>& started = {});

}  // namespace strang
