#include "integrators/common/conjugate.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "integrators/common/exponential.h"
#include "integrators/common/quadrature.h"

namespace strang {
namespace {

Block commutator(const Block& a, const Block& b) { return a * b - b * a; }

// P(s) with dP/ds = P X(s), moved forward from one time to the next.
class Propagator {
 public:
  Propagator(const ConjugateField& field, double start)
      : field_(field), time_(start), columns_(Block::identity(field.b.slots())) {}

  void advance(double to) {
    const double h = to - time_;
    const double half = 0.5 * std::sqrt(0.6);
    const Block x1 = rate(time_ + (0.5 - half) * h), x2 = rate(time_ + 0.5 * h),
                x3 = rate(time_ + (0.5 + half) * h);
    const Block a1 = h * x2, a2 = h * (std::sqrt(15) / 3) * (x3 - x1),
                a3 = h * (10. / 3) * (x3 - 2 * x2 + x1);
    const Block c1 = commutator(a1, a2);
    const Block c2 = (-1. / 60) * commutator(a1, 2 * a3 + c1);
    const Block omega = a1 + a3 / 12 + (1. / 240) * commutator(-20 * a1 - a3 + c1, a2 + c2);
    columns_ = exponential(omega) * columns_;
    time_ = to;
  }
  Block value() const { return columns_.transpose(); }

 private:
  Block rate(double s) const {
    return (field_.b - field_.drift(s) + field_.weight(s) * field_.skip(s)).transpose();
  }

  const ConjugateField& field_;
  double time_;
  Block columns_;  // P^T: the expansion is for columns, dP^T/ds = X^T P^T
};

// Where the network has a skip connection, the rate of A diverges like 1 / t and P needs finer
// steps.
double panel_ratio(const ConjugateField& field, double t) {
  return field.skip(t).is_zero() ? 4 : 1.6;
}

// [to, from] cut so that the ratio of a panel's ends is at most `ratio`; towards zero, down to
// 1e-14 of the interval.
std::vector<double> panels(double to, double from, double ratio) {
  std::vector<double> ends = {from};
  while (ends.back() > ratio * to && ends.back() > 1e-14 * from)
    ends.push_back(ends.back() / ratio);
  if (ends.size() == 1 || ends.back() != to) ends.push_back(to);
  std::reverse(ends.begin(), ends.end());
  return ends;
}

}  // namespace

ConjugateStep conjugate_step(const ConjugateField& field, double from, double to) {
  static const auto nodes = gauss_legendre();
  const int slots = field.b.slots();
  Propagator propagator(field, to);
  ConjugateStep step{{}, Block::zero(slots)};
  const std::vector<double> ends = panels(to, from, panel_ratio(field, from));
  for (std::size_t panel = 0; panel + 1 < ends.size(); ++panel) {
    const double width = ends[panel + 1] - ends[panel];
    for (const QuadratureNode& node : nodes) {
      const double s = ends[panel] + width * node.position;
      propagator.advance(s);
      step.output =
          step.output + (width * node.weight) * propagator.value() * field.weight(s) * field.out(s);
    }
  }
  propagator.advance(from);
  step.linear = propagator.value() * (Block::identity(slots) - (from - to) * field.b);
  return step;
}

Block conjugate_matrix(const ConjugateField& field, double t) {
  Propagator propagator(field, 0);
  const std::vector<double> ends = panels(0, t, panel_ratio(field, t));
  for (std::size_t panel = 0; panel + 1 < ends.size(); ++panel)
    for (const QuadratureNode& node : gauss_legendre())
      propagator.advance(ends[panel] + (ends[panel + 1] - ends[panel]) * node.position);
  propagator.advance(t);
  return propagator.value();
}

}  // namespace strang
