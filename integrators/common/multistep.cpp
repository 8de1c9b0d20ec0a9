#include "integrators/common/multistep.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "integrators/common/quadrature.h"

namespace strang {

void History::push(Value value) {
  values_.insert(values_.begin(), std::move(value));
  if (size() > capacity_) values_.pop_back();
}

Value combine(std::span<const double> weights, const History& history) {
  Value sum;
  for (std::size_t k = 0; k < weights.size(); ++k) sum += weights[k] * history[static_cast<int>(k)];
  return sum;
}

void OrderRule::fields(OptionVisitor& v, int highest) {
  v.field("order", order, "highest order; the first steps have fewer").in(1, highest);
  v.field("lower_order_final", lower_order_final,
          "lower the order of the last steps, down to one, when the run has fewer steps than this")
      .at_least(0);
}

int OrderRule::at(const Grid& t, int i) const {
  const bool lowered = t.is_run_end(t.steps()) && t.steps() < lower_order_final;
  return std::min({i + 1, order, lowered ? t.steps() - i : order});
}

std::span<const double> adams_bashforth(int order) {
  static constexpr std::array<std::array<double, 4>, 4> weights = {
      {{1},
       {3 / 2.0, -1 / 2.0},
       {23 / 12.0, -16 / 12.0, 5 / 12.0},
       {55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0}}};
  return std::span(weights.at(order - 1)).first(order);
}

double lagrange(std::span<const double> nodes, std::size_t j, double x) {
  double product = 1;
  for (std::size_t k = 0; k < nodes.size(); ++k)
    if (k != j) product *= (x - nodes[k]) / (nodes[j] - nodes[k]);
  return product;
}

std::vector<double> adams_weights(std::span<const double> nodes, double from, double to) {
  std::vector<double> weights;
  for (std::size_t j = 0; j < nodes.size(); ++j)
    weights.push_back(integrate(from, to, [&](double x) { return lagrange(nodes, j, x); }));
  return weights;
}

// Row k of the inverse holds the coefficients of the Lagrange polynomial of node k.
std::vector<double> solve_vandermonde(std::span<const double> nodes,
                                      std::span<const double> moments) {
  std::vector<double> weights;
  for (std::size_t j = 0; j < nodes.size(); ++j) {
    std::vector<double> polynomial = {1};
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      if (k == j) continue;
      const double scale = 1 / (nodes[j] - nodes[k]);
      polynomial.push_back(0);
      for (std::size_t n = polynomial.size(); n-- > 0;)
        polynomial[n] = scale * ((n > 0 ? polynomial[n - 1] : 0) - nodes[k] * polynomial[n]);
    }
    weights.push_back(std::inner_product(moments.begin(), moments.end(), polynomial.begin(), 0.0));
  }
  return weights;
}

}  // namespace strang
