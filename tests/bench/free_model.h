#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/config/yaml.h"
#include "core/registry.h"
#include "core/sampling/field.h"
#include "core/tensor.h"
#include "experiments/sampler.h"

namespace strang {
void register_integrators(Registry& registry);
void register_models(Registry& registry);
}  // namespace strang

namespace strang::bench {

// A denoiser that costs nothing: its output is what the buffer holds, zeros.
class FreeModel final : public Model {
 public:
  explicit FreeModel(std::vector<std::int64_t> shape) : shape_(std::move(shape)) {}
  Prediction prediction() const override { return Prediction::data; }
  std::vector<std::int64_t> event_shape() const override { return shape_; }
  void require_supports(const Process&) const override {}
  void predict(const Query&) const override {}

 private:
  std::vector<std::int64_t> shape_;
};

// A sampler of the registry with a free model: on the EDM process and the Karras grid, or in phase
// space on the quadratic one. The integrator is a name or options in YAML.
struct FreeSampler {
  enum class Space { position, phase };

  FreeSampler(const std::string& integrator_yaml, int steps, std::vector<std::int64_t> shape,
              Space space = Space::position)
      : model(std::move(shape)) {
    Registry registry;
    register_integrators(registry);
    register_models(registry);
    const auto build = [&](const auto& catalog, const std::string& yaml) {
      const bool options = yaml.starts_with("{");
      return catalog
          .build(config::parse_yaml(options ? yaml : "{name: " + yaml + "}", "bench"), yaml,
                 registry)
          .object;
    };
    const bool phase = space == Space::phase;
    process = build(registry.processes, phase ? "psld" : "edm");
    integrator = build(registry.integrators, integrator_yaml);
    const auto schedule =
        build(registry.schedules, phase ? "{name: quadratic, end: 1.0e-3}" : "karras");
    grid = std::make_unique<Grid>(*process, schedule->times(*process, steps));
    field = std::make_unique<Field>(*process, model);
    program = trace_sampler(*integrator, *field, *grid);
  }

  FreeModel model;
  std::unique_ptr<Process> process;
  std::unique_ptr<Integrator> integrator;
  std::unique_ptr<Grid> grid;
  std::unique_ptr<Field> field;
  Program program;
};

}  // namespace strang::bench
