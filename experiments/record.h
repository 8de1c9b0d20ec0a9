#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/config/compose.h"

namespace strang {

// Writes what a run was asked for into `<folder>/.hydra` (`hydra.output_subdir`; nothing where that
// is null): config.yaml as composed, overrides.yaml, and hydra.yaml. Throws Error where that fails.
void write_record(const std::filesystem::path& folder, const config::Composition& composition,
                  const std::vector<std::string>& overrides);

}  // namespace strang
