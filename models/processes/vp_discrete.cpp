// The discrete variance-preserving process of DDPM (Ho et al. 2020) and of text-to-image models, as
// a continuous one. Index i = 0 ... T - 1, which is what networks see, is the time t = (i + 1) / T;
// t = 0 is the data. At these times alpha^2 is the product of (1 - beta_j) over j <= i; between
// them log alpha is interpolated, by a monotone cubic spline, or linearly as DPM-Solver's released
// code does (beta then jumps at every index).
//   betas: linear          beta_i equally spaced from beta_start to beta_end
//          scaled_linear   the same for sqrt(beta_i) (Rombach et al. 2022)
//          cosine          Nichol & Dhariwal 2021, eq. 17, with beta_i clipped at 0.999

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <utility>
#include <vector>

#include "core/plugin.h"
#include "models/processes/monotone_cubic.h"
#include "models/processes/variance_preserving.h"

namespace strang {
namespace {

class DiscreteProcess final : public VariancePreserving {
 public:
  DiscreteProcess(MonotoneCubic integral, int steps, PriorScale prior)
      : VariancePreserving(std::move(prior)), integral_(std::move(integral)), steps_(steps) {}

  Span time() const override { return {0, 1}; }
  double beta(double t) const override { return steps_ * integral_.slope(steps_ * t); }
  double beta_integral(double t) const override { return integral_.value(steps_ * t); }
  double beta_integral_between(double s, double t) const override {
    return integral_.difference(steps_ * s, steps_ * t);
  }
  double time_at_beta_integral(double integral) const override {
    return integral_.inverse(integral) / steps_;
  }

 private:
  MonotoneCubic integral_;  // B at T t
  int steps_;
};

// Squared alpha of the cosine schedule, up to a factor.
double cosine(double t) {
  const double c = std::cos(0.5 * std::numbers::pi * (t + 0.008) / 1.008);
  return c * c;
}

struct VpDiscrete {
  std::string betas = "linear";
  double beta_start = 1e-4, beta_end = 0.02;
  int train_steps = 1000;
  std::string interpolation = "cubic";
  PriorScale prior;

  void fields(OptionVisitor& v) {
    v.field("betas", betas, "how beta_i depends on i")
        .one_of({"linear", "scaled_linear", "cosine"});
    v.field("beta_start", beta_start, "beta at index 0; not for cosine").above(0);
    v.field("beta_end", beta_end, "beta at the last index; not for cosine").in(1e-12, 0.9999);
    v.field("train_steps", train_steps, "T, the number of indices").in(2, 1e6);
    v.field("interpolation", interpolation, "of log alpha between the indices")
        .one_of({"cubic", "linear"});
    prior.fields(v);
  }

  double beta(int i) const {
    const double T = train_steps;
    if (betas == "cosine") return std::min(0.999, 1 - cosine((i + 1) / T) / cosine(i / T));
    const double fraction = i / (T - 1);
    if (betas == "linear") return beta_start + fraction * (beta_end - beta_start);
    const double root = std::lerp(std::sqrt(beta_start), std::sqrt(beta_end), fraction);
    return root * root;
  }

  std::unique_ptr<Process> build(const Registry&) const {
    require(beta_start < 1, "process.beta_start is {}: a beta is below 1", beta_start);
    std::vector<double> integral{0};
    for (int i = 0; i < train_steps; ++i)
      integral.push_back(integral.back() - std::log1p(-beta(i)));
    return std::make_unique<DiscreteProcess>(
        MonotoneCubic(std::move(integral), interpolation == "linear"), train_steps, prior);
  }
};

}  // namespace
}  // namespace strang

STRANG_PROCESS(vp_discrete, VpDiscrete, "variance preserving, discrete betas (Ho et al. 2020)");
