#include "integrators/common/directions.h"

#include <algorithm>

#include "core/error.h"

namespace strang {

Effective effective_estimate(const Grid& grid, const TracedStep& step) {
  const double ratio = grid.alpha(step.i + 1) / grid.alpha(step.i);
  const double weight = grid.sigma(step.i + 1) - ratio * grid.sigma(step.i);
  const Value noise = (step.base - ratio * step.state) / weight;
  return {(step.state - grid.sigma(step.i) * noise) / grid.alpha(step.i), noise};
}

std::vector<Feature> effective_differences(const Grid& grid, std::span<const TracedStep> steps,
                                           const std::vector<std::string>& quantities) {
  require(steps.size() >= 2,
          "the differences between steps need a step before: optimizer.first_step "
          "must be at least 1");
  const Effective now = effective_estimate(grid, steps.back());
  const Effective before = effective_estimate(grid, steps[steps.size() - 2]);
  std::vector<Feature> features;
  for (const std::string& quantity : quantities)
    features.push_back(
        {quantity, quantity == "dx" ? now.data - before.data : now.noise - before.noise});
  return features;
}

void EffectiveDifferences::fields(OptionVisitor& v) {
  v.field("quantities", quantities, "differences between steps that are used")
      .one_of({"dx", "deps"});
  fit.fields(v);
}

}  // namespace strang
