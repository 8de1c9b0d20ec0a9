#pragma once

#include <span>
#include <vector>

#include "core/options.h"
#include "core/sampling/grid.h"
#include "core/sampling/tracer.h"

namespace strang {

// What a multistep method keeps of earlier steps, newest first.
class History {
 public:
  explicit History(int capacity) : capacity_(capacity) {}

  void push(Value value);
  int size() const { return static_cast<int>(values_.size()); }
  // The value k steps ago: [0] is the newest.
  const Value& operator[](int k) const { return values_[k]; }

 private:
  int capacity_;
  std::vector<Value> values_;
};

// sum of weights[k] * history[k].
Value combine(std::span<const double> weights, const History& history);

// The order that a multistep method has at a step: it rises from one as history grows. The last
// steps of a run of fewer than `lower_order_final` steps fall back to order one (DPM-Solver's code:
// 15; EDM-based code: always).
struct OrderRule {
  int order = 1;
  int lower_order_final = 0;

  void fields(OptionVisitor& v, int highest);
  int at(const Grid& t, int i) const;
};

// Adams-Bashforth weights for equal steps, newest first; order 1 to 4 (Liu et al. 2022, eq. 12).
std::span<const double> adams_bashforth(int order);

// The Lagrange polynomial over `nodes` that is one at nodes[j], at x.
double lagrange(std::span<const double> nodes, std::size_t j, double x);

// The integrals over [from, to] of the Lagrange polynomials over `nodes`: Adams-Bashforth weights
// for any steps. Exact.
std::vector<double> adams_weights(std::span<const double> nodes, double from, double to);

// w with sum over k of w[k] nodes[k]^n = moments[n] for n = 0 ... size - 1.
std::vector<double> solve_vandermonde(std::span<const double> nodes,
                                      std::span<const double> moments);

// f at the nodes i, i - 1, ..., i - order + 1 of the grid.
template <class F>
std::vector<double> recent(int i, int order, F f) {
  std::vector<double> values;
  for (int k = 0; k < order; ++k) values.push_back(f(i - k));
  return values;
}

}  // namespace strang
