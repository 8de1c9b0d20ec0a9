#pragma once

#include <string>
#include <utility>

#include "core/options.h"
#include "core/sampling/process.h"

namespace strang {

// What the initial state is drawn from. Papers take N(0, 1); some released samplers take the
// marginal of a single data point at 0, N(0, sigma(end)^2).
struct PriorScale {
  std::string prior = "standard";

  void fields(OptionVisitor& v) {
    v.field("prior", prior, "deviation of the initial state: standard 1, marginal sigma(end)")
        .one_of({"standard", "marginal"});
  }
  double value(double sigma_end) const { return prior == "standard" ? 1.0 : sigma_end; }
};

// du = -beta(t) u / 2 dt + g(t) dW on [0, end] (Song et al. 2021, eqs. 11 and 13). With the
// integral B(t) of beta over [0, t], alpha = exp(-B / 2). A leaf gives beta, B and its inverse, as
// functions that lose no digits at either end; unless it says otherwise, g^2 = beta and sigma^2 = 1
// - exp(-B).
class VariancePreserving : public PositionProcess {
 public:
  virtual double beta(double t) const = 0;
  virtual double beta_integral(double t) const = 0;                    // B
  virtual double beta_integral_between(double s, double t) const = 0;  // B(t) - B(s)
  virtual double time_at_beta_integral(double integral) const = 0;     // +inf at +inf

  double alpha(double t) const final;
  double alpha_rate(double t) const final;
  double sigma(double t) const override;
  double sigma_rate(double t) const override;  // +inf at t = 0 if beta(0) > 0
  double diffusion_squared(double t) const override { return beta(t); }
  Block drift(double t) const override { return -0.5 * beta(t); }
  Gaussian transition(double s, double t) const override;
  double time_at_noise_level(double level) const override;
  double noise_clock(double t) const override;
  Block prior_root() const override { return prior_.value(sigma(time().end)); }

 protected:
  VariancePreserving() = default;
  explicit VariancePreserving(PriorScale prior) : prior_(std::move(prior)) {}

  PriorScale prior_;
};

}  // namespace strang
