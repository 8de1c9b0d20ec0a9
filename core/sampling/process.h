#pragma once

#include "core/program/block.h"

namespace strang {

// A range of process time: data at `begin`, noise at `end`.
struct Span {
  double begin = 0;
  double end = 1;
};

// N(mean u, root root^T) for a given u.
struct Gaussian {
  Block mean;
  Block root;
};

// A linear stochastic differential equation du = F(t) u dt + G(t) dW in forward time, from data at
// time().begin to noise at time().end. Every marginal given the data and every transition is
// Gaussian:
//   u_t | u_0 ~ N(E(t) u_0, K(t)),  K = L L^T,  u_t = E data + L noise.
// Along the probability-flow ODE, du/dt = E' data + N noise with N = F L + G G^T L^-T / 2. E, E', L
// and N are given in closed form and are finite at both ends, where F and G alone may not be (flow
// matching at t = 1).
//
// All blocks act on the slot axis. Times are double; functions extend smoothly beyond time().end
// where their formulas do, because churn may step out of the interval.
class Process {
 public:
  virtual ~Process() = default;

  virtual int slots() const = 0;
  virtual Span time() const = 0;

  virtual Block drift(double t) const = 0;       // F
  virtual Block diffusion(double t) const = 0;   // G
  virtual Block mean(double t) const = 0;        // E
  virtual Block mean_rate(double t) const = 0;   // E'
  virtual Block covariance(double t) const = 0;  // K
  virtual Block root(double t) const = 0;        // L, the factor that networks are trained with
  virtual Block noise_rate(double t) const = 0;  // N

  // u_t given u_s, for s < t.
  virtual Gaussian transition(double s, double t) const = 0;

  // R with prior N(0, R R^T) at time().end.
  virtual Block prior_root() const = 0;

  // One-slot processes: the time at which sigma / alpha (EDM's sigma, e^-lambda) has the given
  // value >= 0. Two-slot processes throw UsageError.
  virtual double time_at_noise_level(double level) const = 0;

  // A strictly increasing clock in which the driving noise of the interval [s, t] has variance
  // clock(t) - clock(s): one Brownian path in this clock serves every grid.
  virtual double noise_clock(double t) const = 0;
};

// A process on positions alone: u = alpha(t) data + sigma(t) noise. Leaves give the two functions
// and their rates; the rest follows.
class PositionProcess : public Process {
 public:
  virtual double alpha(double t) const = 0;
  virtual double alpha_rate(double t) const = 0;
  virtual double sigma(double t) const = 0;
  virtual double sigma_rate(double t) const = 0;
  // The squared diffusion coefficient g(t)^2 = 2 sigma (sigma' - sigma alpha' / alpha).
  virtual double diffusion_squared(double t) const;

  int slots() const final { return 1; }
  Block drift(double t) const override;
  Block diffusion(double t) const override;
  Block mean(double t) const final { return alpha(t); }
  Block mean_rate(double t) const final { return alpha_rate(t); }
  Block covariance(double t) const final { return sigma(t) * sigma(t); }
  Block root(double t) const final { return sigma(t); }
  Block noise_rate(double t) const final { return sigma_rate(t); }
  Gaussian transition(double s, double t) const override;
  // (sigma / alpha)^2: the clock in which u / alpha is a Brownian motion.
  double noise_clock(double t) const override;
};

// lambda = ln(alpha / sigma) of a one-slot process; +inf where sigma is zero.
double log_snr(const Process& process, double t);
double noise_level(const Process& process, double t);  // sigma / alpha
double time_at_log_snr(const Process& process, double lambda);

}  // namespace strang
