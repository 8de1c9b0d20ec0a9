#include "models/processes/phase_space.h"

#include <cmath>

#include "core/error.h"

namespace strang {
namespace {

// 1 - exp(-y) (1 + y + y^2 / 2), y >= 0: the tail of the exponential series, times exp(-y).
double cubic_tail(double y) {
  if (y > 2) return 1 - std::exp(-y) * (1 + y + 0.5 * y * y);
  double term = y * y * y / 6, sum = 0;
  for (int n = 4; sum + term != sum; ++n) {
    sum += term;
    term *= y / n;
  }
  return std::exp(-y) * sum;
}

}  // namespace

// The covariance over an interval and its determinant, none of them by a difference of nearly equal
// numbers.
struct PhaseSpace::Kernel {
  double xx, xm, mm, determinant;

  Kernel widened(double eps) const {
    return {xx + eps, xm, mm + eps, determinant + eps * (xx + mm) + eps * eps};
  }

  // Lower or upper triangular factor. Where the first pivot is zero, as at t = 0, its column is
  // zero.
  Block factor(Factor kind) const {
    const double pivot = kind == Factor::lower ? xx : mm;
    if (pivot == 0) return Block::diagonal({std::sqrt(xx), std::sqrt(mm)});
    const double first = std::sqrt(pivot), second = std::sqrt(determinant / pivot);
    if (kind == Factor::lower) return {first, 0, xm / first, second};
    return {second, xm / first, 0, first};
  }
};

PhaseSpace::PhaseSpace(const Parameters& parameters)
    : p_(parameters), d_(0.5 * (p_.nu - p_.gamma)), c_(0.5 * (p_.nu + p_.gamma)) {
  require(p_.gamma >= 0 && p_.nu >= 0, "gamma is {:g} and nu {:g}: frictions are not negative",
          p_.gamma, p_.nu);
  require(d_ != 0,
          "nu and gamma are both {:g}: critical damping needs a finite mass, 4 / (nu - gamma)^2",
          p_.nu);
}

// With b the integral of beta, u = b / 2, x = u d and R = exp(2 c u) - 1 - 2 c u - 2 c^2 u^2 + 2
// gamma u (1 + nu u), the entries of S - E (S - S_0) E^T are, up to k = exp(-2 c u), sums of
// positive terms:
//   xx = R + kappa x^2,  xm = u (kappa (1 - x) + 2 x),  M^-1 mm = R + 4 x + kappa (1 - x)^2,
//   M^-1 det = R^2 + R (4 x + kappa (x^2 + (1 - x)^2)) - 4 (1 - kappa) x^4.
PhaseSpace::Kernel PhaseSpace::kernel(double beta_integral, double kappa) const {
  const double u = 0.5 * beta_integral, x = u * d_, y = 2 * c_ * u;
  const double k = std::exp(-y);
  const double r = cubic_tail(y) + k * 2 * p_.gamma * u * (1 + p_.nu * u);  // k R
  const double spread = kappa * (1 - x) * (1 - x);
  const double det = r * r + r * k * (4 * x + kappa * x * x + spread) -
                     4 * (1 - kappa) * (k * x * x) * (k * x * x);
  return {r + k * kappa * x * x, k * u * (kappa * (1 - x) + 2 * x),
          mass() * (r + k * (4 * x + spread)), mass() * det};
}

// exp of the integral of F; F is -beta / 2 (c I - N) with N^2 = 0.
Block PhaseSpace::mean_over(double beta_integral) const {
  const double u = 0.5 * beta_integral;
  return std::exp(-c_ * u) * Block{1 + u * d_, u * d_ * d_, -u, 1 - u * d_};
}

Block PhaseSpace::drift(double t) const {
  return 0.5 * p_.beta.rate(t) * Block{-p_.gamma, d_ * d_, -1, -p_.nu};
}

Block PhaseSpace::diffusion(double t) const {
  const double beta = p_.beta.rate(t);
  return Block::diagonal({std::sqrt(beta * p_.gamma), std::sqrt(beta * mass() * p_.nu)});
}

Block PhaseSpace::mean(double t) const { return mean_over(p_.beta.integral(t)); }

Block PhaseSpace::covariance(double t) const {
  const Kernel k = kernel(p_.beta.integral(t), p_.kappa);
  return {k.xx, k.xm, k.xm, k.mm};
}

Block PhaseSpace::root(double t) const {
  return kernel(p_.beta.integral(t), p_.kappa).widened(p_.numerical_eps).factor(p_.factor);
}

// F L + G G^T L^-T / 2, where a zero row of G leaves zeros whatever L is.
Block PhaseSpace::noise_rate(double t) const {
  const Block l = root(t);
  const Block g = diffusion(t);
  const double off = p_.factor == Factor::lower ? -l(1, 0) : -l(0, 1);
  const double cross = off == 0 ? 0 : off / (l(0, 0) * l(1, 1));
  const Block inverse_transpose{1 / l(0, 0), p_.factor == Factor::lower ? cross : 0,
                                p_.factor == Factor::upper ? cross : 0, 1 / l(1, 1)};
  Block rate = drift(t) * l;
  for (int row = 0; row < 2; ++row)
    for (int column = 0; column < 2; ++column)
      if (g(row, row) != 0 && inverse_transpose(row, column) != 0)
        rate(row, column) += 0.5 * g(row, row) * g(row, row) * inverse_transpose(row, column);
  return rate;
}

Gaussian PhaseSpace::transition(double s, double t) const {
  const double integral = p_.beta.between(s, t);
  return {mean_over(integral), kernel(integral, 0).factor(Factor::lower)};
}

Block PhaseSpace::prior_root() const { return Block::diagonal({1, std::sqrt(mass())}); }

double PhaseSpace::time_at_noise_level(double) const {
  throw UsageError(
      "a process of positions and momenta has no noise level sigma / alpha: take a schedule in "
      "time "
      "(uniform, quadratic, power, explicit)");
}

}  // namespace strang
