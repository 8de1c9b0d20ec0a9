// IIA-EDM (Zhang et al. 2024, eq. 14): a Heun step whose two directions, and those of the r steps
// before, have free coefficients:
//   z' = z + sum over k of [ eps_k (z - D)_(i-k) + D_k (D - D~)_(i-k) ].
// For steps of two evaluations at scale alpha = 1. With r = 1 the Gram matrix is singular to
// working precision at large noise levels: the coefficients are then not unique, the samples are.

#include "core/error.h"
#include "core/plugin.h"
#include "integrators/common/directions.h"

namespace strang {
namespace {

struct IiaEdm {
  int r = 1;
  FitOptions fit;

  void fields(OptionVisitor& v) {
    v.field("r", r, "steps before whose directions are used").in(0, 8);
    fit.fields(v);
  }

  std::vector<Feature> directions(const Grid& grid, std::span<const TracedStep> steps) const {
    std::vector<Feature> features;
    const int i = steps.back().i;
    const double h = grid[i + 1] - grid[i];
    for (int k = 0; k <= std::min(r, i); ++k) {
      const TracedStep& step = steps[steps.size() - 1 - k];
      require(
          step.evaluations.size() == 2 && grid.alpha(step.i) == 1,
          "iia_edm fits steps of two evaluations at scale 1 (Heun on edm or ve); step {} has {} "
          "evaluations at scale {}",
          step.i, step.evaluations.size(), grid.alpha(step.i));
      const Value d = step.evaluations[0].estimate.data, end = step.evaluations[1].estimate.data;
      features.push_back({fmt::format("eps_{}", k), step.state - d, k == 0 ? h / grid[i] : 0});
      features.push_back({fmt::format("D_{}", k), d - end, k == 0 ? h / (2 * grid[i + 1]) : 0});
    }
    return features;
  }

  std::unique_ptr<Optimizer> build(const Registry& registry) const {
    return make_fit(*this, registry);
  }
};

}  // namespace
}  // namespace strang

STRANG_OPTIMIZER(iia_edm, IiaEdm, "IIA-EDM (Zhang et al. 2024, eq. 14)");
