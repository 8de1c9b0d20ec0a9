#pragma once

#include <memory>

#include "core/config/search_path.h"
#include "core/registry.h"

namespace strang {

// The registered plugins as configuration files: `integrator/heun.yaml` holds its name and the
// defaults of all its options. So every plugin is an option of the group of its kind without a
// file. An extractor's file is the whole section `features` with that extractor.
std::unique_ptr<config::ConfigSource> registry_source(const Registry& registry);

}  // namespace strang
