#include "integrators/common/directions.h"

#include <algorithm>

#include "core/error.h"

namespace strang {

Effective effective_estimate(const Grid& grid, const TracedStep& step) {
  const double alpha = grid.alpha(step.i), sigma = grid.sigma(step.i);
  const double alpha_to = grid.alpha(step.i + 1), sigma_to = grid.sigma(step.i + 1);
  const double determinant = alpha * sigma_to - alpha_to * sigma;  // no signal at the start is fine
  return {(sigma_to * step.state - sigma * step.base) / determinant,
          (alpha * step.base - alpha_to * step.state) / determinant};
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
