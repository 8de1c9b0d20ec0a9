#pragma once

#include <array>
#include <boost/math/quadrature/gauss.hpp>

namespace strang {

// A node and weight of Gauss-Legendre quadrature on [0, 1].
struct QuadratureNode {
  double position, weight;
};

// The 30 nodes in increasing order.
inline std::array<QuadratureNode, 30> gauss_legendre() {
  using Rule = boost::math::quadrature::gauss<double, 30>;  // holds the non-negative half
  std::array<QuadratureNode, 30> nodes;
  for (std::size_t i = 0; i < 15; ++i) {
    const double x = Rule::abscissa()[i], weight = 0.5 * Rule::weights()[i];
    nodes[14 - i] = {0.5 * (1 - x), weight};
    nodes[15 + i] = {0.5 * (1 + x), weight};
  }
  return nodes;
}

// The integral of f over [a, b], for functions that are smooth there.
template <class F>
auto integrate(double a, double b, F f) {
  static const std::array<QuadratureNode, 30> nodes = gauss_legendre();
  auto sum = (b - a) * nodes[0].weight * f(a + (b - a) * nodes[0].position);
  for (std::size_t i = 1; i < nodes.size(); ++i)
    sum = sum + (b - a) * nodes[i].weight * f(a + (b - a) * nodes[i].position);
  return sum;
}

}  // namespace strang
