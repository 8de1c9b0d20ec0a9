// IIA-iPNDM (Zhang et al. 2024): z' = base + phi_0 (xe - xe_before) + phi_1 (e - e_before), e the
// extrapolated noise estimate of the step and xe its data prediction. Rank one at the first fitted
// step, and everywhere off policy: minimum norm or ridge decides there.

#include "core/plugin.h"
#include "integrators/common/directions.h"

namespace strang {
namespace {

struct IiaIpndm {
  std::vector<std::string> quantities = {"dx", "deps"};
  FitOptions fit;

  void fields(OptionVisitor& v) {
    v.field("quantities", quantities, "differences between steps that are used")
        .one_of({"dx", "deps"});
    fit.fields(v);
  }

  std::vector<Feature> directions(const Grid& grid, std::span<const TracedStep> steps) const {
    return effective_differences(grid, steps, quantities);
  }

  std::unique_ptr<Optimizer> build(const Registry& registry) const {
    return make_fit(*this, registry);
  }
};

}  // namespace
}  // namespace strang

STRANG_OPTIMIZER(iia_ipndm, IiaIpndm, "IIA-iPNDM (Zhang et al. 2024, appendix)");
