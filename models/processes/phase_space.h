#pragma once

#include <string>

#include "core/sampling/process.h"
#include "models/processes/linear_beta.h"

namespace strang {

// Phase-space Langevin diffusion of (position, momentum) (Pandey & Mandt 2023, eq. 9):
//   F = beta(t) / 2 [[-gamma, 1/M], [-1, -nu]],   G = sqrt(beta(t)) diag(sqrt(gamma), sqrt(M nu)),
// critically damped: 1/M = (nu - gamma)^2 / 4. Positions start at the data, momenta at N(0, kappa
// M); the stationary law and prior is N(0, diag(1, M)). E takes (data, 0), and K is the kernel with
// the initial momenta integrated out ("hybrid score matching", Dockhorn et al. 2022), exact. The
// root L factors K + numerical_eps I, because the released networks were trained with that.
class PhaseSpace : public Process {
 public:
  enum class Factor { lower, upper };

  struct Parameters {
    double gamma = 0;  // friction of positions, >= 0
    double nu = 4;     // friction of momenta, not equal to gamma
    LinearBeta beta{8, 8};
    double kappa = 0.04;
    double numerical_eps = 1e-9;
    Factor factor = Factor::lower;
  };

  explicit PhaseSpace(const Parameters& parameters);

  int slots() const final { return 2; }
  Span time() const final { return {0, 1}; }
  Block drift(double t) const final;
  Block diffusion(double t) const final;
  Block mean(double t) const final;
  Block mean_rate(double t) const final { return drift(t) * mean(t); }
  Block covariance(double t) const final;
  Block root(double t) const final;
  Block noise_rate(double t) const final;
  Gaussian transition(double s, double t) const final;
  Block prior_root() const final;
  double time_at_noise_level(double level) const final;
  // The integral of beta.
  double noise_clock(double t) const final { return p_.beta.integral(t); }

  double mass() const { return 1 / (d_ * d_); }

 private:
  struct Kernel;

  Kernel kernel(double beta_integral, double kappa) const;
  Block mean_over(double beta_integral) const;

  Parameters p_;
  double d_;  // (nu - gamma) / 2
  double c_;  // (nu + gamma) / 2
};

}  // namespace strang
