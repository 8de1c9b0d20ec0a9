#pragma once

#include "core/registry.h"

// A plugin is one .cpp: an options class, its functions, and one registration at the end. File
// name, registry name and the name in YAML are the same word.
//
//   STRANG_INTEGRATOR(ddim, Ddim, "DDIM (Song et al. 2021, eq. 12)", {.order = 1, .slots = 1});
//   STRANG_PROCESS(vp, Vp, "variance preserving, linear beta (Song et al. 2021, eq. 32)");
//
// Inside the project a generated table calls the registration. The same source compiled with
// STRANG_PLUGIN_MODULE is a shared module for `plugins: [path.so]` (see core/plugin_loader.h).

#ifdef STRANG_PLUGIN_MODULE
#include "core/plugin_abi.h"
#define STRANG_EXPORT_MODULE(plugin)                                \
  extern "C" const char* strang_plugin_abi() { return STRANG_ABI; } \
  extern "C" void strang_plugin_register(::strang::Registry& registry) { plugin(registry); }
#else
#define STRANG_EXPORT_MODULE(plugin)
#endif

#define STRANG_PLUGIN_(catalog, name, ...)                                      \
  namespace strang {                                                            \
  void plugin_##name(Registry& registry);                                       \
  void plugin_##name(Registry& registry) { registry.catalog.add(__VA_ARGS__); } \
  }                                                                             \
  STRANG_EXPORT_MODULE(::strang::plugin_##name)                                 \
  static_assert(true)

#define STRANG_PROCESS(name, Class, summary) \
  STRANG_PLUGIN_(processes, name, make_entry<Process, Class>(#name, summary))
#define STRANG_SCHEDULE(name, Class, summary) \
  STRANG_PLUGIN_(schedules, name, make_entry<Schedule, Class>(#name, summary))
#define STRANG_MODEL(name, Class, summary) \
  STRANG_PLUGIN_(models, name, make_entry<Model, Class>(#name, summary))
#define STRANG_DATASET(name, Class, summary) \
  STRANG_PLUGIN_(datasets, name, make_entry<Dataset, Class>(#name, summary))
#define STRANG_FEATURES(name, Class, summary) \
  STRANG_PLUGIN_(features, name, make_entry<Extractor, Class>(#name, summary))
#define STRANG_OPTIMIZER(name, Class, summary) \
  STRANG_PLUGIN_(optimizers, name, make_entry<Optimizer, Class>(#name, summary))
// The last arguments are an IntegratorTraits in braces.
#define STRANG_INTEGRATOR(name, Class, summary, ...) \
  STRANG_PLUGIN_(integrators, name,                  \
                 make_integrator_entry<Class>(#name, summary, IntegratorTraits __VA_ARGS__))
