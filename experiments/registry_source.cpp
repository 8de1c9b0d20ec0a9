#include "experiments/registry_source.h"

#include <map>
#include <string>

#include "core/config/dump.h"
#include "experiments/feature_options.h"

namespace strang {

std::unique_ptr<config::ConfigSource> registry_source(const Registry& registry) {
  std::map<std::string, std::string> files;
  registry.for_each([&](const auto& catalog) {
    for (const auto& entry : catalog.entries())
      files[catalog.kind() + "/" + entry.name + ".yaml"] = config::dump(
          catalog.kind() == registry.features.kind() ? FeatureOptions::section(entry.defaults())
                                                     : entry.defaults());
  });
  return config::memory_source(std::move(files));
}

}  // namespace strang
