#include "integrators/common/exponential.h"

#include <algorithm>
#include <cmath>

namespace strang {

Block exponential(const Block& a) {
  double norm = 0;
  for (int r = 0; r < a.slots(); ++r)
    for (int c = 0; c < a.slots(); ++c) norm = std::max(norm, std::abs(a(r, c)));
  int squarings = 0;
  for (; norm > 0.25; norm /= 2) ++squarings;
  const Block scaled = std::ldexp(1.0, -squarings) * a;
  Block sum = Block::identity(a.slots()), power = sum;
  for (int n = 1; n <= 16; ++n) {  // (3 * 0.25)^17 / 17! < 1e-16
    power = power * scaled / n;
    sum = sum + power;
  }
  for (int i = 0; i < squarings; ++i) sum = sum * sum;
  return sum;
}

}  // namespace strang
