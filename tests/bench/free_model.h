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

// A sampler of the registry on the EDM process and the Karras grid, with a free model.
struct FreeSampler {
  FreeSampler(const std::string& integrator_name, int steps, std::vector<std::int64_t> shape)
      : model(std::move(shape)) {
    Registry registry;
    register_integrators(registry);
    register_models(registry);
    const auto build = [&](const auto& catalog, const std::string& name) {
      return catalog.build(config::parse_yaml("{name: " + name + "}", "bench"), name, registry)
          .object;
    };
    process = build(registry.processes, "edm");
    integrator = build(registry.integrators, integrator_name);
    grid = std::make_unique<Grid>(*process,
                                  build(registry.schedules, "karras")->times(*process, steps));
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
