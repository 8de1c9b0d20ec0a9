// IIA-DDIM (Zhang et al. 2024, eq. 20 and 24): z' = DDIM + phi_0 (x - x_before) + phi_1 (e -
// e_before) with data prediction x and noise estimate e, or with guidance z' = DDIM + beta e
// (quantity `eps`, which can act at every step: first_step = 0). After a plain DDIM step the two
// differences are proportional: rank one at the first fitted step, and everywhere off policy.

#include "core/error.h"
#include "core/plugin.h"
#include "integrators/common/directions.h"

namespace strang {
namespace {

struct IiaDdim {
  std::vector<std::string> quantities = {"dx", "deps"};
  FitOptions fit;

  void fields(OptionVisitor& v) {
    v.field("quantities", quantities, "differences between steps; or the noise estimate itself")
        .one_of({"dx", "deps", "eps"});
    fit.fields(v);
  }

  std::vector<Feature> directions(const Grid& grid, std::span<const TracedStep> steps) const {
    if (quantities == std::vector<std::string>{"eps"})
      return {{"eps", effective_estimate(grid, steps.back()).noise}};
    for (const std::string& quantity : quantities)
      require(quantity != "eps", "optimizer.quantities: eps stands alone");
    return effective_differences(grid, steps, quantities);
  }

  std::unique_ptr<Optimizer> build(const Registry& registry) const {
    return make_fit(*this, registry);
  }
};

}  // namespace
}  // namespace strang

STRANG_OPTIMIZER(iia_ddim, IiaDdim, "IIA-DDIM (Zhang et al. 2024, eq. 20 and 24)");
