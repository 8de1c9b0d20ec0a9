// The variance-preserving process with linear beta (Ho et al. 2020; Song et al. 2021, eqs. 11 and
// 32): beta rises from beta_min to beta_max on [0, 1]. The signal that is left at t = 1 is exp(-5)
// for the default; the prior N(0, 1) ignores it.

#include "core/plugin.h"
#include "models/processes/linear_beta.h"
#include "models/processes/variance_preserving.h"

namespace strang {
namespace {

class Vp final : public VariancePreserving {
 public:
  void fields(OptionVisitor& v) {
    schedule_.fields(v);
    prior_.fields(v);
  }

  Span time() const override { return {0, 1}; }
  double beta(double t) const override { return schedule_.rate(t); }
  double beta_integral(double t) const override { return schedule_.integral(t); }
  double beta_integral_between(double s, double t) const override {
    return schedule_.between(s, t);
  }
  double time_at_beta_integral(double integral) const override {
    return schedule_.time_at_integral(integral);
  }

 private:
  LinearBeta schedule_;
};

}  // namespace
}  // namespace strang

STRANG_PROCESS(vp, Vp, "variance preserving, linear beta (Song et al. 2021, eq. 32)");
