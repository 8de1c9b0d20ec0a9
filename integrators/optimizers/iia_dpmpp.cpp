// IIA-DPM-Solver++ (Zhang et al. 2024, eq. 26): z' = base + phi_0 z + phi_1 x with the state z and
// the (guided) data prediction x of the step.

#include "core/plugin.h"
#include "integrators/common/directions.h"

namespace strang {
namespace {

struct IiaDpmpp {
  FitOptions fit;
  void fields(OptionVisitor& v) { fit.fields(v); }

  std::vector<Feature> directions(const Grid&, std::span<const TracedStep> steps) const {
    return {{"z", steps.back().state}, {"x", steps.back().evaluations.at(0).estimate.data}};
  }

  std::unique_ptr<Optimizer> build(const Registry& registry) const {
    return make_fit(*this, registry);
  }
};

}  // namespace
}  // namespace strang

STRANG_OPTIMIZER(iia_dpmpp, IiaDpmpp, "IIA-DPM-Solver++ (Zhang et al. 2024, eq. 26)");
