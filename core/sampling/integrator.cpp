#include "core/sampling/integrator.h"

namespace strang {

double IntegratorTraits::nfe(int steps, bool ends_at_zero) const {
  double total = 0;
  const auto extra = [](const std::vector<double>& of, int i) {
    return i < static_cast<int>(of.size()) ? of[i] : 0.0;
  };
  const auto tail = static_cast<int>(last_extra.size());
  for (int i = 0; i < steps; ++i) {
    if (i == steps - 1 && ends_at_zero && last_evaluations >= 0) {
      total += last_evaluations;
      continue;
    }
    total += evaluations + extra(first_extra, i);
    if (steps - i <= tail) total += last_extra[tail - (steps - i)];
  }
  return total;
}

}  // namespace strang
