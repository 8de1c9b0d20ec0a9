#include "models/analytic/score_rows.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/program/lanes.h"

namespace strang {
namespace {

template <class T>
struct Lanes;
template <>
struct Lanes<float> {
  using Vector = lanes::Float;
  static constexpr std::int64_t width = lanes::floats;
};
template <>
struct Lanes<double> {
  using Vector = lanes::Double;
  static constexpr std::int64_t width = lanes::doubles;
};

template <class T>
[[gnu::always_inline]] inline T subtract_any(T* scores, const T* bias, std::int64_t n) {
  using Vector = typename Lanes<T>::Vector;
  constexpr std::int64_t width = Lanes<T>::width;
  Vector highest = Vector{} + std::numeric_limits<T>::lowest();
  std::int64_t j = 0;
  for (; j + width <= n; j += width) {
    Vector x, b;
    std::memcpy(&x, scores + j, sizeof x);
    std::memcpy(&b, bias + j, sizeof b);
    x -= b;
    std::memcpy(scores + j, &x, sizeof x);
    highest = lanes::maximum(highest, x);
  }
  T result = highest[0];
  for (std::int64_t lane = 1; lane < width; ++lane) result = std::max<T>(result, highest[lane]);
  for (; j < n; ++j) result = std::max(result, scores[j] -= bias[j]);
  return result;
}

template <class T>
[[gnu::always_inline]] inline double exponentiate_any(T* scores, T highest, T rate,
                                                      std::int64_t n) {
  using Vector = typename Lanes<T>::Vector;
  constexpr std::int64_t width = Lanes<T>::width;
  Vector sums{};
  std::int64_t j = 0;
  for (; j + width <= n; j += width) {
    Vector x;
    std::memcpy(&x, scores + j, sizeof x);
    x = lanes::exponential((x - highest) * rate);
    std::memcpy(scores + j, &x, sizeof x);
    sums += x;
  }
  double total = 0;
  for (std::int64_t lane = 0; lane < width; ++lane) total += sums[lane];
  for (; j < n; ++j) {
    const Vector x = lanes::exponential(Vector{} + (scores[j] - highest) * rate);
    scores[j] = x[0];
    total += x[0];
  }
  return total;
}

template <class T>
[[gnu::always_inline]] inline std::int64_t find_any(const T* scores, T threshold, std::int64_t n,
                                                    std::int64_t limit, std::int64_t* found) {
  constexpr std::int64_t block = 64;
  std::int64_t count = 0;
  for (std::int64_t begin = 0; begin < n; begin += block) {
    const std::int64_t end = std::min(begin + block, n);
    std::int64_t hits = 0;
    for (std::int64_t j = begin; j < end; ++j) hits += scores[j] >= threshold ? 1 : 0;
    if (hits == 0) continue;
    for (std::int64_t j = begin; j < end; ++j) {
      if (!(scores[j] >= threshold)) continue;
      if (count == limit) return limit + 1;
      found[count++] = j;
    }
  }
  return count;
}

}  // namespace

// Clones are of plain functions: one for each type.
#define STRANG_SCORE_ROWS(T)                                                                \
  STRANG_CLONES static T subtract_clone(T* s, const T* b, std::int64_t n) {                 \
    return subtract_any(s, b, n);                                                           \
  }                                                                                         \
  STRANG_CLONES static double exponentiate_clone(T* s, T highest, T rate, std::int64_t n) { \
    return exponentiate_any(s, highest, rate, n);                                           \
  }                                                                                         \
  STRANG_CLONES static std::int64_t find_clone(const T* s, T threshold, std::int64_t n,     \
                                               std::int64_t limit, std::int64_t* found) {   \
    return find_any(s, threshold, n, limit, found);                                         \
  }                                                                                         \
  template <>                                                                               \
  T subtract_bias(T* s, const T* b, std::int64_t n) {                                       \
    return subtract_clone(s, b, n);                                                         \
  }                                                                                         \
  template <>                                                                               \
  double exponentiate(T* s, T highest, T rate, std::int64_t n) {                            \
    return exponentiate_clone(s, highest, rate, n);                                         \
  }                                                                                         \
  template <>                                                                               \
  std::int64_t find_at_least(const T* s, T threshold, std::int64_t n, std::int64_t limit,   \
                             std::int64_t* found) {                                         \
    return find_clone(s, threshold, n, limit, found);                                       \
  }
STRANG_SCORE_ROWS(float)
STRANG_SCORE_ROWS(double)

}  // namespace strang
