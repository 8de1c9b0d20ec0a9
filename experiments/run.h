#pragma once

#include <filesystem>
#include <string>

#include "experiments/reference.h"
#include "experiments/summary.h"

namespace strang {

// Runs one experiment and writes `<folder>/run.h5`, and `<folder>/samples.png` where the samples
// are images. Throws UsageError before the first evaluation for whatever is wrong with the
// configuration, Error when the run fails.
RunSummary run_experiment(const config::Node& config, const std::filesystem::path& folder,
                          const std::string& label, const Registry& registry,
                          ReferenceCache& references);

}  // namespace strang
