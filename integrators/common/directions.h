#pragma once

#include "core/sampling/fit.h"

namespace strang {

// The data prediction and noise estimate that a step of DDIM's form really used: state = alpha data
// + sigma noise, base = alpha' data + sigma' noise (Zhang et al. 2024, the combined estimates of
// S-PNDM and iPNDM). Of DDIM itself: those of its evaluation.
struct Effective {
  Value data, noise;
};
Effective effective_estimate(const Grid& grid, const TracedStep& step);

// An optimizer plugin that fits `Method::directions`: Method has FitOptions `fit`.
template <class Method>
std::unique_ptr<Optimizer> make_fit(Method method, const Registry& registry) {
  FitOptions options = method.fit;
  options.build(registry);
  return std::make_unique<FitOptimizer>(
      std::move(options), [method](const Grid& grid, std::span<const TracedStep> steps) {
        return method.directions(grid, steps);
      });
}

// The differences of this step's effective data prediction ("dx") and noise estimate ("deps") from
// the last one's (eq. 20): IIA-DDIM, IIA-S-PNDM and IIA-iPNDM.
std::vector<Feature> effective_differences(const Grid& grid, std::span<const TracedStep> steps,
                                           const std::vector<std::string>& quantities);

// An optimizer plugin that fits these differences: z' = base + phi_0 (xe - xe_before) + phi_1 (e -
// e_before), with e the noise estimate that the step used and xe its data prediction.
struct EffectiveDifferences {
  std::vector<std::string> quantities = {"dx", "deps"};
  FitOptions fit;

  void fields(OptionVisitor& v);
  std::vector<Feature> directions(const Grid& grid, std::span<const TracedStep> steps) const {
    return effective_differences(grid, steps, quantities);
  }
  std::unique_ptr<Optimizer> build(const Registry& registry) const {
    return make_fit(*this, registry);
  }
};

}  // namespace strang
