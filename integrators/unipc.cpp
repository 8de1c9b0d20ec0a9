// UniPC (Zhao et al. 2023, algorithms 1 and 2; released code `multistep_uni_pc_bh_update`): a
// multistep predictor and a corrector that costs nothing, because the evaluation at the predicted
// state serves the next step, too. In half log-SNR; B(h) = h (bh1) or e^h - 1 (bh2). As in released
// code the predictor of order two and the corrector of order one take the weight 1/2
// (`exact_weights`: solve for it), and the last step has no corrector. A step that ends at zero
// noise has order one.

#include <algorithm>
#include <cmath>

#include "core/plugin.h"
#include "integrators/common/multistep.h"

namespace strang {
namespace {

struct UniPc {
  OrderRule rule{.order = 3};
  std::string variant = "bh2";
  std::string prediction = "data";
  bool corrector = true;
  bool exact_weights = false;
  void fields(OptionVisitor& v) {
    rule.fields(v, 3);
    v.field("variant", variant, "B(h) = h, or e^h - 1").one_of({"bh1", "bh2"});
    v.field("prediction", prediction, "what is extrapolated").one_of({"data", "noise"});
    v.field("corrector", corrector, "correct with the evaluation at the predicted state");
    v.field("exact_weights", exact_weights, "solve for weights that released code sets to 1/2");
  }

  IntegratorTraits traits(IntegratorTraits declared) const {
    // The first step has order one, and a corrector raises the order by one.
    declared.order = std::min(rule.order, 2) + (corrector ? 1 : 0);
    declared.step_order = rule.order + (corrector ? 1 : 0);
    if (!corrector) declared.first_extra = declared.last_extra = {};
    return declared;
  }

  Value trace(Tracer& trace, Value x, const Grid& t) const {
    History outputs(rule.order);
    const auto evaluate = [&](Value& at, double time) {
      const Estimate e = trace.evaluate(at, time);
      return trace.store(prediction == "data" ? e.data : e.noise);
    };
    for (int i = 0; i < t.steps(); ++i) {
      if (i == 0 || !corrector) outputs.push(evaluate(x, t[i]));
      const int order = t.evaluable(i + 1) ? rule.at(t, i) : 1;
      Value next = step(t, i, order, x, outputs, nullptr);
      if (corrector && i + 1 < t.steps()) {
        const Value output = evaluate(next, t[i + 1]);
        next = step(t, i, order, x, outputs, &output);
        outputs.push(output);
      }
      x = trace.node(next, t[i + 1]);
    }
    return x;
  }

 private:
  // The predictor; with the output at its result the corrector.
  Value step(const Grid& t, int i, int order, const Value& x, const History& outputs,
             const Value* next) const;
  std::vector<double> weights(const std::vector<double>& r, double hh, int count) const;
};

// Solves sum_k w_k r_k^(n-1) = n! phi_(n+1)(hh) hh / B for n = 1 ... count (eq. 8).
std::vector<double> UniPc::weights(const std::vector<double>& r, double hh, int count) const {
  if (count == 1 && !exact_weights) return {0.5};
  const double b_h = variant == "bh1" ? hh : std::expm1(hh);
  std::vector<double> nodes(r.begin(), r.begin() + count), moments;
  double phi = std::expm1(hh) / hh - 1, factorial = 1;  // hh phi_2
  for (int n = 1; n <= count; ++n) {
    moments.push_back(phi * factorial / b_h);
    factorial *= n + 1;
    phi = phi / hh - 1 / factorial;
  }
  return solve_vandermonde(nodes, moments);
}

Value UniPc::step(const Grid& t, int i, int order, const Value& x, const History& outputs,
                  const Value* next) const {
  const double h = t.log_snr_step(i);
  const bool data = prediction == "data";
  const double hh = data ? -h : h;
  const double scale = data ? t.alpha(i + 1) : t.sigma(i + 1);
  // -alpha (e^-h - 1) for data and -sigma (e^h - 1) for noise, finite at zero noise.
  const double growth = data ? -t.alpha(i + 1) * std::expm1(-h)
                             : t.sigma(i + 1) - t.alpha(i + 1) * t.sigma(i) / t.alpha(i);
  const double kept = data ? t.sigma(i + 1) / t.sigma(i) : t.alpha(i + 1) / t.alpha(i);
  Value result = kept * x + growth * outputs[0];
  std::vector<double> r;
  std::vector<Value> differences;
  for (int k = 1; k < order; ++k) {
    r.push_back((t.log_snr(i - k) - t.log_snr(i)) / h);
    differences.push_back((outputs[k] - outputs[0]) / r.back());
  }
  if (next != nullptr) {
    r.push_back(1);
    differences.push_back(*next - outputs[0]);
  }
  if (r.empty()) return result;
  const double b_h = variant == "bh1" ? hh : std::expm1(hh);
  const std::vector<double> w = weights(r, hh, static_cast<int>(r.size()));
  for (std::size_t k = 0; k < r.size(); ++k) result -= scale * b_h * w[k] * differences[k];
  return result;
}

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(unipc, UniPc, "UniPC, predictor and corrector (Zhao et al. 2023)",
                  {.order = 3, .slots = 1, .first_extra = {1}, .last_extra = {-1}});
