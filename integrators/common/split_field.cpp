#include "integrators/common/split_field.h"

#include <cmath>

#include "core/error.h"
#include "integrators/common/quadrature.h"

namespace strang {
namespace {

Block squared(const Block& g) { return g * g.transpose(); }

Block prior(const Process& process) { return squared(process.prior_root()); }

bool is_diagonal(const Block& block) {
  for (int row = 0; row < block.slots(); ++row)
    for (int column = 0; column < block.slots(); ++column)
      if (row != column && block(row, column) != 0) return false;
  return true;
}

bool nearly_equal(const Block& a, const Block& b) {
  double difference = 0, size = 0;
  for (int row = 0; row < a.slots(); ++row)
    for (int column = 0; column < a.slots(); ++column) {
      difference = std::max(difference, std::abs(a(row, column) - b(row, column)));
      size = std::max(size, std::abs(b(row, column)));
    }
  return difference <= 1e-10 * size;
}

// Positions stay, momenta change sign.
Block parity(int slots) { return slots == 2 ? Block::diagonal({1, -1}) : Block::identity(slots); }

// The triangular factor of a covariance of the same kind as `like`: released code uses one for all.
Block factor_like(const Block& covariance, const Block& like) {
  const bool upper = like.slots() == 2 && like(0, 1) != 0;
  if (!upper) return covariance.cholesky();
  const Block swap{0, 1, 1, 0};
  return swap * (swap * covariance * swap).cholesky() * swap;
}

}  // namespace

LinearField LinearField::row(int slot) const {
  LinearField part{Block::zero(drift.slots()), Block::zero(drift.slots())};
  for (int column = 0; column < drift.slots(); ++column) {
    part.drift(slot, column) = drift(slot, column);
    part.weight(slot, column) = weight(slot, column);
  }
  return part;
}

LinearField field_at(const Process& process, Split split, double t) {
  const Block f = process.drift(t), gg = squared(process.diffusion(t));
  if (split == Split::ode) return {f, 0.5 * gg};
  const Block pull = gg * prior(process).inverse();
  return split == Split::langevin ? LinearField{f - 0.5 * pull, gg} : LinearField{-pull, gg};
}

Gaussian ornstein_uhlenbeck(const Process& process, double from, double to, double noise_scale) {
  const Block p = prior(process);
  require(is_diagonal(p) && is_diagonal(process.diffusion(from)),
          "the part 'ou' needs a process whose noise and prior are diagonal in positions and "
          "momenta");
  const Block y =
      integrate(to, from, [&](double t) { return squared(process.diffusion(t)); }) * p.inverse();
  Gaussian result{Block::zero(p.slots()), Block::zero(p.slots())};
  for (int slot = 0; slot < p.slots(); ++slot) {
    const double scale = slot == 0 ? noise_scale : 1;
    result.mean(slot, slot) = std::exp(-0.5 * y(slot, slot));
    result.root(slot, slot) = std::sqrt(-p(slot, slot) * std::expm1(-scale * y(slot, slot)));
  }
  return result;
}

// When J E J = P E^T P^-1 for the parity J, the reversed process is the forward one with momenta
// reflected: its covariance J C J has the digits that P - E P E^T would lose.
Gaussian reversed_forward(const Process& process, double from, double to, double eps) {
  const Block p = prior(process), f = process.drift(from), j = parity(process.slots());
  const Gaussian forward = process.transition(to, from);
  const Block inflow = f * p + p * f.transpose();
  require(nearly_equal(-inflow, squared(process.diffusion(from))) &&
              nearly_equal(j * forward.mean * j, p * forward.mean.transpose() * p.inverse()),
          "the part 'analytic' needs a process that keeps its prior (vp, cld, psld)");
  Block covariance = j * squared(forward.root) * j;
  for (int slot = 0; slot < covariance.slots(); ++slot) covariance(slot, slot) += eps;
  return {j * forward.mean * j, factor_like(covariance, process.root(from))};
}

}  // namespace strang
