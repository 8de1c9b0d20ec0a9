#pragma once

#include <string>

#include "core/registry.h"

namespace strang {

// Loads a shared module (see core/plugin.h) and registers what it holds. It is never unloaded.
// Throws UsageError when the file is missing, is no module of strang, was built for another strang,
// LibTorch or compiler, or registers a name that is taken.
void load_plugin(const std::string& path, Registry& registry);

}  // namespace strang
