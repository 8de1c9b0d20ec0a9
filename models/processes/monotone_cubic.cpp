#include "models/processes/monotone_cubic.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"

namespace strang {
namespace {

// Slopes m at the nodes of the cubic spline with the given differences: second derivatives agree
// inside, m_{i-1} + 4 m_i + m_{i+1} = 3 (difference to the left + difference to the right), and the
// end pieces are parabolas, m_0 + m_1 = 2 difference_0. Thomas' algorithm.
std::vector<double> spline_slopes(const std::vector<double>& differences) {
  const std::size_t n = differences.size();
  std::vector<double> ratio(n + 1), slopes(n + 1);
  ratio[0] = 1;
  slopes[0] = 2 * differences[0];
  for (std::size_t i = 1; i <= n; ++i) {
    const double diagonal = i < n ? 4 : 1;
    const double right = i < n ? 3 * (differences[i - 1] + differences[i]) : 2 * differences[n - 1];
    const double pivot = diagonal - ratio[i - 1];
    ratio[i] = 1 / pivot;
    slopes[i] = (right - slopes[i - 1]) / pivot;
  }
  for (std::size_t i = n; i-- > 0;) slopes[i] -= ratio[i] * slopes[i + 1];
  return slopes;
}

}  // namespace

MonotoneCubic::MonotoneCubic(std::vector<double> values, bool linear)
    : values_(std::move(values)), linear_(linear) {
  const std::size_t n = values_.size();
  ensure(n >= 3, "an interpolant needs three nodes, found {}", n);
  std::vector<double> differences(n - 1);
  for (std::size_t i = 0; i + 1 < n; ++i) {
    differences[i] = values_[i + 1] - values_[i];
    ensure(differences[i] > 0, "values must increase: number {} is {}, the next {}", i, values_[i],
           values_[i + 1]);
  }
  slopes_ = spline_slopes(differences);
  for (std::size_t i = 0; i < n; ++i) {
    const double left = differences[i == 0 ? 0 : i - 1], right = differences[std::min(i, n - 2)];
    slopes_[i] = std::clamp(slopes_[i], 0.1 * std::min(left, right), 3 * std::min(left, right));
  }
}

double MonotoneCubic::Piece::slope(double x) const {
  const double d = x - left;
  return c1 + d * (2 * c2 + d * 3 * c3);
}

MonotoneCubic::Piece MonotoneCubic::piece_of_node(std::ptrdiff_t node) const {
  const double difference = values_[node + 1] - values_[node];
  const double left = static_cast<double>(node);
  if (linear_) return {left, values_[node], difference, 0, 0};
  const double m0 = slopes_[node], m1 = slopes_[node + 1];
  return {left, values_[node], m0, 3 * difference - 2 * m0 - m1, m0 + m1 - 2 * difference};
}

MonotoneCubic::Piece MonotoneCubic::piece(double x) const {
  const std::ptrdiff_t last = std::ssize(values_) - 1;
  const double end = static_cast<double>(last);
  const Piece first_piece = piece_of_node(0), last_piece = piece_of_node(last - 1);
  if (x < 0) return {0, values_[0], first_piece.slope(0), 0, 0};
  if (x > end) return {end, values_[last], last_piece.slope(end), 0, 0};
  return piece_of_node(std::min(static_cast<std::ptrdiff_t>(x), last - 1));
}

double MonotoneCubic::value(double x) const { return piece(x).value(x); }
double MonotoneCubic::slope(double x) const { return piece(x).slope(x); }

double MonotoneCubic::difference(double a, double b) const {
  const Piece first = piece(a), second = piece(b);
  if (first.left != second.left) return second.value(b) - first.value(a);
  const double d = a - first.left, e = b - first.left;
  return (e - d) * (first.c1 + (e + d) * first.c2 + (e * e + e * d + d * d) * first.c3);
}

// Newton's method, kept inside a shrinking bracket.
double MonotoneCubic::inverse(double y) const {
  const std::ptrdiff_t last = std::ssize(values_) - 1;
  if (y <= values_[0] || y >= values_[last]) {
    const Piece end = piece(y <= values_[0] ? -1.0 : static_cast<double>(last) + 1);
    return end.left + (y - end.y) / end.c1;
  }
  const auto above = std::upper_bound(values_.begin(), values_.end(), y);
  const Piece p = piece_of_node(above - values_.begin() - 1);
  double low = 0, high = 1;
  double d = (y - p.y) / p.rise(1);
  for (int i = 0; i < 64; ++i) {
    const double error = p.rise(d) - (y - p.y);
    (error > 0 ? high : low) = d;
    double next = d - error / p.slope(p.left + d);
    if (!(next >= low && next <= high)) next = 0.5 * (low + high);
    const bool done = std::abs(next - d) <= 1e-16 * d;
    d = next;
    if (done) break;
  }
  return p.left + d;
}

}  // namespace strang
