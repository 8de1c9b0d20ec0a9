// The variance-exploding process.
//   sigma: geometric  sigma(t) = sigma_min (sigma_max / sigma_min)^t on [0, 1] (Song et al. 2021,
//                     eq. 30). As in released code the level at t = 0 is sigma_min, not 0, so no
//                     schedule can end at zero noise.
//   sigma: sqrt       sigma(t) = sqrt(t) on [0, sigma_max^2], a plain Brownian motion (Karras et
//   al.
//                     2022, table 1, VE).

#include <cmath>
#include <memory>
#include <string>

#include "core/plugin.h"
#include "models/processes/variance_exploding.h"

namespace strang {
namespace {

class GeometricVe final : public VarianceExploding {
 public:
  GeometricVe(double sigma_min, double sigma_max)
      : sigma_min_(sigma_min), sigma_max_(sigma_max), growth_(std::log(sigma_max / sigma_min)) {}

  Span time() const override { return {0, 1}; }
  double sigma(double t) const override {
    return t == 1 ? sigma_max_ : sigma_min_ * std::exp(growth_ * t);
  }
  double sigma_rate(double t) const override { return growth_ * sigma(t); }
  double time_at_noise_level(double level) const override {
    require(
        level > 0,
        "the noise level of process ve with sigma: geometric is never zero: end the schedule at "
        "sigma_min = {:g}, or take sigma: sqrt",
        sigma_min_);
    return std::log(level / sigma_min_) / growth_;
  }

 private:
  double sigma_min_, sigma_max_, growth_;
};

class SqrtVe final : public VarianceExploding {
 public:
  explicit SqrtVe(double sigma_max) : sigma_max_(sigma_max) {}

  Span time() const override { return {0, sigma_max_ * sigma_max_}; }
  double sigma(double t) const override { return std::sqrt(t); }
  double sigma_rate(double t) const override { return 0.5 / std::sqrt(t); }  // +inf at t = 0
  double diffusion_squared(double) const override { return 1; }
  double time_at_noise_level(double level) const override { return level * level; }

 private:
  double sigma_max_;
};

struct Ve {
  std::string sigma = "geometric";
  double sigma_min = 0.01;
  double sigma_max = 50;

  void fields(OptionVisitor& v) {
    v.field("sigma", sigma, "how the noise level depends on time").one_of({"geometric", "sqrt"});
    v.field("sigma_min", sigma_min, "noise level at t = 0; for geometric").above(0);
    v.field("sigma_max", sigma_max, "noise level where the process ends").above(0);
  }

  std::unique_ptr<Process> build(const Registry&) const {
    if (sigma == "sqrt") return std::make_unique<SqrtVe>(sigma_max);
    require(sigma_min < sigma_max, "process.sigma_min is {}, but must be below sigma_max, {}",
            sigma_min, sigma_max);
    return std::make_unique<GeometricVe>(sigma_min, sigma_max);
  }
};

}  // namespace
}  // namespace strang

STRANG_PROCESS(ve, Ve,
               "variance exploding (Song et al. 2021, eq. 30; Karras et al. 2022, table 1)");
