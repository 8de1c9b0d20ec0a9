// EDM's choice (Karras et al. 2022, table 1): alpha = 1 and sigma = t, so that time is the noise
// level. The marginal of a Brownian motion in t^2; velocity = (x - D) / t.

#include "core/plugin.h"
#include "models/processes/variance_exploding.h"

namespace strang {
namespace {

class Edm final : public VarianceExploding {
 public:
  void fields(OptionVisitor& v) {
    v.field("sigma_max", sigma_max_, "noise level where the process ends").above(0);
  }

  Span time() const override { return {0, sigma_max_}; }
  double sigma(double t) const override { return t; }
  double sigma_rate(double) const override { return 1; }
  double time_at_noise_level(double level) const override { return level; }

 private:
  double sigma_max_ = 80;
};

}  // namespace
}  // namespace strang

STRANG_PROCESS(edm, Edm, "alpha = 1, sigma = t (Karras et al. 2022, table 1)");
