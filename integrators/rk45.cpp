// Dormand & Prince 1980, 5(4), on the probability-flow ODE: adaptive steps between the nodes of the
// grid, with the last stage reused as the first of the next step. Two controllers: `scipy`
// (elementary, as scipy.integrate.RK45 1.x: safety 0.9, factors in [0.2, 10], no growth after a
// rejection) and `pi` (Hairer, Norsett & Wanner, II.4 and IV.2: exponents 0.7 / 5 and 0.4 / 5). The
// error norm is over each sample (samples have their own times and steps), or over the whole batch
// as one vector (`batch`, couples samples). Steps are clipped to the nodes of the grid. Needs a
// grid that ends where the score exists.

#include <array>

#include "core/error.h"
#include "core/plugin.h"

namespace strang {
namespace {

constexpr std::array<double, 7> c = {0, 1. / 5, 3. / 10, 4. / 5, 8. / 9, 1, 1};
constexpr std::array<std::array<double, 6>, 7> a = {{
    {},
    {1. / 5},
    {3. / 40, 9. / 40},
    {44. / 45, -56. / 15, 32. / 9},
    {19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
    {9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
    {35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84},
}};
// Fifth minus fourth order.
constexpr std::array<double, 7> e = {-71. / 57600,    0,          71. / 16695, -71. / 1920,
                                     17253. / 339200, -22. / 525, 1. / 40};

struct Rk45 {
  double rtol = 1e-5;
  double atol = 1e-5;
  std::string controller = "scipy";
  std::string norm = "sample";
  int limit = 100000;

  void fields(OptionVisitor& v) {
    v.field("rtol", rtol, "relative tolerance").at_least(0);
    v.field("atol", atol, "absolute tolerance").above(0);
    v.field("controller", controller, "rule for the next step").one_of({"scipy", "pi"});
    v.field("norm", norm, "error norm over each sample, or over the batch")
        .one_of({"sample", "batch"});
    v.field("limit", limit, "attempts between two nodes after which the run fails").at_least(1);
  }

  IntegratorTraits traits(IntegratorTraits declared) const {
    declared.couples_samples = norm == "batch";
    return declared;
  }

  Value trace(Tracer& trace, Value u, const Grid& t) const {
    require(t.evaluable(t.steps()),
            "rk45 evaluates the score at the last time, but the noise level is zero at t = {}: end "
            "the schedule "
            "above it",
            t[t.steps()]);
    Value k = trace.store(trace.evaluate(u, t[0]).velocity);
    Scalar h = initial_step(trace, u, k, t);
    for (int i = 0; i < t.steps(); ++i) {
      trace.begin_loop();
      u = trace.carry(u);
      k = trace.carry(k);
      h = trace.carry(h);
      const Scalar now = trace.carry(Scalar(t[i]));
      attempt(trace, u, k, h, now, t[i + 1]);
      u = trace.node(u, t[i + 1]);
    }
    return u;
  }

 private:
  Scalar error_norm(Tracer& trace, const Value& error, const Value& y, const Value& z) const {
    return trace.scaled_rms(error, y, z, atol, rtol, norm == "batch");
  }

  // One attempt from (u, now) towards `end`; what the loop carries goes on from there.
  void attempt(Tracer& trace, const Value& u, const Value& k1, const Scalar& h, const Scalar& now,
               double end) const {
    const Scalar rejected = trace.carry(Scalar(0.0)), last_error = trace.carry(Scalar(1.0));
    const Scalar active = less(end, now);
    const Scalar remaining = now - end;
    const Scalar size = min(h, remaining);
    const Scalar then = select(less_equal(remaining, h), end, now - size);

    std::array<Value, 7> k = {k1};
    Value next;
    for (int stage = 1; stage < 7; ++stage) {
      Value slope;
      for (int j = 0; j < stage; ++j) slope += a[stage][j] * k[j];
      next = u - size * slope;
      k[stage] = trace.evaluate(next, c[stage] == 1 ? then : now - c[stage] * size).velocity;
    }
    Value error;
    for (int j = 0; j < 7; ++j) error += e[j] * k[j];
    const Scalar ratio = error_norm(trace, size * error, u, next);
    const Scalar accepted = active * less(ratio, 1);

    const Scalar grown = size * growth(ratio, last_error, rejected);
    const Scalar proposed = select(less_equal(remaining, h), max(h, grown), grown);
    const Scalar shrunk = size * max(0.2, 0.9 * pow(ratio, -0.2));
    trace.set_next(u, trace.select(accepted, next, u));
    trace.set_next(k1, trace.select(accepted, k[6], k1));
    trace.set_next(h, select(accepted, proposed, select(active, shrunk, h)));
    const Scalar reached = select(accepted, then, now);
    trace.set_next(now, reached);
    trace.set_next(rejected, select(accepted, 0.0, active));
    trace.set_next(last_error, select(accepted, max(ratio, 1e-4), last_error));
    trace.end_loop(less(end, reached), accepted, limit);
  }

  // The factor of the step after an accepted one.
  Scalar growth(const Scalar& ratio, const Scalar& last_error, const Scalar& rejected) const {
    const Scalar factor = controller == "scipy" ? 0.9 * pow(ratio, -0.2)
                                                : 0.9 * pow(ratio, -0.14) * pow(last_error, 0.08);
    return select(rejected, min(1.0, factor), min(10.0, factor));
  }

  // Hairer, Norsett & Wanner, II.4, as in scipy's select_initial_step.
  Scalar initial_step(Tracer& trace, const Value& u, const Value& k, const Grid& t) const {
    const double length = t[0] - t[t.steps()];
    const Scalar d0 = error_norm(trace, u, u, u), d1 = error_norm(trace, k, u, u);
    const Scalar tiny = max(less(d0, 1e-5), less(d1, 1e-5));
    const Scalar h0 = min(select(tiny, 1e-6, 0.01 * d0 / d1), length);
    Value trial = u - h0 * k;
    const Value k_trial = trace.evaluate(trial, t[0] - h0).velocity;
    const Scalar d2 = error_norm(trace, k_trial - k, u, u) / h0;
    const Scalar largest = max(d1, d2);
    const Scalar h1 =
        select(less_equal(largest, 1e-15), max(1e-6, 1e-3 * h0), pow(0.01 / largest, 0.2));
    return min(min(100.0 * h0, h1), length);
  }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(rk45, Rk45, "Dormand-Prince 5(4), adaptive (1980)",
                  {.order = 5, .evaluations = 6, .first_extra = {2}, .adaptive = true});
