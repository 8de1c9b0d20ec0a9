// BIIA-EDM (Zhang et al. 2024, eq. 8 and 12): the slopes of a Heun step and of the r steps before
// with free coefficients gamma, which have no unit here (the paper's algorithm 2; its derivation
// has a time step instead): z' = z + h sum over k of gamma_k (d + d')_(i-k) / 2. Any process.

#include "core/error.h"
#include "core/plugin.h"
#include "integrators/common/directions.h"

namespace strang {
namespace {

struct BiiaEdm {
  int r = 1;
  FitOptions fit;

  void fields(OptionVisitor& v) {
    v.field("r", r, "steps before whose slopes are used").in(0, 8);
    fit.fields(v);
  }

  std::vector<Feature> directions(const Grid& grid, std::span<const TracedStep> steps) const {
    std::vector<Feature> features;
    const int i = steps.back().i;
    const double h = grid[i + 1] - grid[i];
    for (int k = 0; k <= std::min(r, i); ++k) {
      const TracedStep& step = steps[steps.size() - 1 - k];
      require(step.evaluations.size() == 2,
              "biia_edm fits steps of two evaluations (Heun); step {} has {}", step.i,
              step.evaluations.size());
      const Value slope =
          step.evaluations[0].estimate.velocity + step.evaluations[1].estimate.velocity;
      features.push_back({fmt::format("gamma_{}", k), 0.5 * h * slope, k == 0 ? 1.0 : 0.0});
    }
    return features;
  }

  std::unique_ptr<Optimizer> build(const Registry& registry) const {
    return make_fit(*this, registry);
  }
};

}  // namespace
}  // namespace strang

STRANG_OPTIMIZER(biia_edm, BiiaEdm, "BIIA-EDM (Zhang et al. 2024, eq. 8 and 12)");
