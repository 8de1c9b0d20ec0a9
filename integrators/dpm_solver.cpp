// DPM-Solver-1, -2 and -3, singlestep (Lu et al. 2022a, algorithms 1, 2 and eq. 3.7): exponential
// integrators in half log-SNR and the noise estimate. One step of the grid is one step of the
// method, with as many evaluations as its order. `last_orders` gives the last steps of a run other
// orders, as DPM-Solver-fast does ([2, 1], [1] or [2], by the budget modulo 3). A step that ends at
// zero noise has order one.

#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/plugin.h"

namespace strang {
namespace {

struct DpmSolver {
  int order = 3;
  std::optional<double> r1;
  double r2 = 2.0 / 3;
  std::vector<std::int64_t> last_orders;
  void fields(OptionVisitor& v) {
    v.field("order", order, "order and evaluations of a step").in(1, 3);
    v.field("r1", r1, "first inner point, as a fraction of the step; null: 1/2, at order 3 1/3")
        .in(0.01, 1);
    v.field("r2", r2, "second inner point").in(0.01, 1);
    v.field("last_orders", last_orders, "orders of the last steps of a run").in(1, 3);
  }

  IntegratorTraits traits(IntegratorTraits declared) const {
    declared.order = order;
    declared.evaluations = order;
    for (const std::int64_t last : last_orders)
      declared.last_extra.push_back(static_cast<double>(last - order));
    return declared;
  }

  Value trace(Tracer& trace, Value x, const Grid& t) const {
    for (int i = 0; i < t.steps(); ++i) x = trace.node(step(trace, x, t, i), t[i + 1]);
    return x;
  }

 private:
  int order_at(const Grid& t, int i) const {
    if (!t.evaluable(i + 1)) return 1;
    const auto behind = static_cast<std::size_t>(t.steps() - i);  // steps to the end, this included
    const bool last = t.is_run_end(t.steps()) && behind <= last_orders.size();
    return last ? static_cast<int>(last_orders[last_orders.size() - behind]) : order;
  }

  Value step(Tracer& trace, Value& x, const Grid& t, int i) const {
    const Process& process = trace.process();
    const int p = order_at(t, i);
    const double h = t.log_snr_step(i), r = r1.value_or(p == 3 ? 1.0 / 3 : 0.5);
    const Value e = trace.evaluate(x, t[i]).noise;
    const auto sigma = [&](double s) { return process.root(s).value(); };
    const auto first = [&](double s) {  // DPM-Solver-1; sigma e^h = alpha sigma_i / alpha_i
      const double ratio = process.mean(s).value() / t.alpha(i);
      return ratio * x - (ratio * t.sigma(i) - sigma(s)) * e;
    };
    const auto phi = [](double z) { return std::expm1(z) / z - 1; };
    const double end = t[i + 1];
    if (p == 1) return first(end);
    const double s1 = time_at_log_snr(process, t.log_snr(i) + r * h);
    Value u1 = first(s1);
    const Value d1 = trace.evaluate(u1, s1).noise - e;
    if (p == 2) return first(end) - sigma(end) * std::expm1(h) / (2 * r) * d1;
    const double s2 = time_at_log_snr(process, t.log_snr(i) + r2 * h);
    Value u2 = first(s2) - sigma(s2) * r2 / r * phi(r2 * h) * d1;
    const Value d2 = trace.evaluate(u2, s2).noise - e;
    return first(end) - sigma(end) / r2 * phi(h) * d2;
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(dpm_solver, DpmSolver, "DPM-Solver-1, 2, 3, singlestep (Lu et al. 2022a)",
                  {.order = 3, .slots = 1, .evaluations = 3, .last_evaluations = 1});
