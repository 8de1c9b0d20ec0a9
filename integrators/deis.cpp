// DEIS (Zhang & Chen 2023, eq. 14 and 15): the noise estimate is extrapolated by the polynomial
// through its last values and integrated exactly. `tab`: a polynomial in time; `rhoab`: in sigma /
// alpha. Any (alpha, sigma). Released code integrates by 10,000 trapezoids; here by Gauss-Legendre
// in the root of time, which keeps the integrand smooth where sigma starts like a root.

#include <cmath>

#include "core/plugin.h"
#include "integrators/common/multistep.h"
#include "integrators/common/quadrature.h"

namespace strang {
namespace {

struct Deis {
  std::string variable = "tab";
  OrderRule rule{.order = 4};
  void fields(OptionVisitor& v) {
    v.field("variable", variable, "what the polynomial is in").one_of({"tab", "rhoab"});
    rule.fields(v, 4);  // points: the paper's order r uses r + 1
  }

  IntegratorTraits traits(IntegratorTraits declared) const {
    if (rule.order == 1) declared.order = 1;
    declared.step_order = rule.order;
    return declared;
  }

  Value trace(Tracer& trace, Value x, const Grid& t) const {
    const auto level = [&](int i) { return t.sigma(i) / t.alpha(i); };
    const auto time = [&](int i) { return t[i]; };
    History noise(rule.order);
    for (int i = 0; i < t.steps(); ++i) {
      noise.push(trace.store(trace.evaluate(x, t[i]).noise));
      const int order = rule.at(t, i);
      const auto weights = variable == "rhoab"
                               ? adams_weights(recent(i, order, level), level(i), level(i + 1))
                               : time_weights(trace.process(), recent(i, order, time), t[i + 1]);
      x = trace.node(t.alpha(i + 1) * (x / t.alpha(i) + combine(weights, noise)), t[i + 1]);
    }
    return x;
  }

 private:
  // The integrals of (Lagrange polynomial in t) d(sigma / alpha) from nodes[0] to `to`.
  static std::vector<double> time_weights(const Process& process, const std::vector<double>& nodes,
                                          double to) {
    const double begin = process.time().begin;
    const auto rate = [&](double t) {
      const double alpha = process.mean(t).value();
      return (process.noise_rate(t).value() * alpha -
              process.root(t).value() * process.mean_rate(t).value()) /
             (alpha * alpha);
    };
    std::vector<double> weights;
    for (std::size_t j = 0; j < nodes.size(); ++j)
      weights.push_back(
          integrate(std::sqrt(nodes[0] - begin), std::sqrt(to - begin), [&](double root) {
            const double t = begin + root * root;
            return 2 * root * lagrange(nodes, j, t) * rate(t);
          }));
    return weights;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(deis, Deis, "DEIS, tAB and rhoAB (Zhang & Chen 2023)", {.order = 2, .slots = 1});
