#pragma once

#include <cstdlib>
#include <memory>
#include <string>

#include "core/config/yaml.h"
#include "core/registry.h"

namespace strang {

void register_models(Registry&);
void register_integrators(Registry&);

namespace test {

// Every plugin of the project.
inline const Registry& registry() {
  static const Registry all = [] {
    Registry registry;
    register_models(registry);
    register_integrators(registry);
    return registry;
  }();
  return all;
}

// Plugins from YAML text: "{name: vp, beta_max: 10}".
inline std::unique_ptr<Process> process(const std::string& yaml) {
  return registry().processes.build(config::parse_yaml(yaml, "test"), "process", registry()).object;
}
inline std::unique_ptr<Schedule> schedule(const std::string& yaml) {
  return registry()
      .schedules.build(config::parse_yaml(yaml, "test"), "schedule", registry())
      .object;
}
inline std::unique_ptr<Model> model(const std::string& yaml) {
  return registry().models.build(config::parse_yaml(yaml, "test"), "model", registry()).object;
}
inline std::unique_ptr<Dataset> dataset(const std::string& yaml) {
  return registry().datasets.build(config::parse_yaml(yaml, "test"), "data", registry()).object;
}

// A file of $STRANG_SHARED; tests that need it are skipped where it is not.
inline std::string shared(const std::string& path) {
  const char* folder = std::getenv("STRANG_SHARED");
  return (folder != nullptr ? std::string(folder) : STRANG_SOURCE_DIR "/../shared") + "/" + path;
}

// The message of the UsageError that f throws; empty if it throws none.
template <class F>
std::string usage_error(F f) {
  try {
    f();
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

}  // namespace test
}  // namespace strang
