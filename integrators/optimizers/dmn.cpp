// DMN (Xue et al. 2024, eq. 13): times without a model. The log-SNRs of the nodes minimise a bound
// on the accumulated error of an exponential multistep method of order at most three,
//   sum over nodes j of |sum over steps of w_(i, j)| sigma_j^p / alpha_j,
// with w_(i, j) the integral of e^lambda times the Lagrange polynomial of node j over step i, when
// the data prediction's error is sigma^p / alpha. By cyclic golden-section search. One-slot
// processes. A step to zero noise is kept.

#include <chrono>
#include <cmath>

#include "core/plugin.h"
#include "integrators/common/multistep.h"
#include "integrators/common/quadrature.h"
#include "integrators/common/teacher.h"

namespace strang {
namespace {

struct Dmn final : Optimizer {
  double p = 2;
  int order = 3;
  int sweeps = 200;

  void fields(OptionVisitor& v) {
    v.field("p", p, "the prediction's error grows as sigma^p / alpha; 1 for pixels, 2 for latents")
        .at_least(0);
    v.field("order", order, "of the multistep method that the bound is for").in(1, 3);
    v.field("sweeps", sweeps, "at most so many passes over all times").at_least(1);
  }

  Artefact optimize(const OptimizerTask& task) const override {
    const Process& process = task.field.process();
    const NoisyPart part = noisy_part(task.grid);
    std::vector<double> lambda;
    for (const double t : part.times) lambda.push_back(log_snr(process, t));
    double before = bound(process, lambda);
    for (int sweep = 0; sweep < sweeps; ++sweep) {
      for (std::size_t i = 1; i + 1 < lambda.size(); ++i) improve(process, lambda, i);
      const double now = bound(process, lambda);
      if (before - now < 1e-10 * now) break;
      before = now;
    }
    std::vector<double> times = {part.times.front()};
    for (std::size_t i = 1; i + 1 < lambda.size(); ++i)
      times.push_back(time_at_log_snr(process, lambda[i]));
    times.push_back(part.times.back());
    return Evaluations(task, {}, 1)
        .finish(part.with_end(std::move(times), task.grid.times().back()));
  }

 private:
  double bound(const Process& process, const std::vector<double>& lambda) const {
    const int steps = static_cast<int>(lambda.size()) - 1;
    std::vector<double> total(lambda.size(), 0);
    for (int i = 0; i < steps; ++i) {
      const int points = std::min({order, i + 1, steps - i});
      const auto nodes = recent(i, points, [&](int k) { return lambda[k]; });
      for (int k = 0; k < points; ++k)
        total[i - k] += integrate(lambda[i], lambda[i + 1], [&](double x) {
          return std::exp(x - lambda.back()) * lagrange(nodes, k, x);
        });
    }
    double sum = 0;
    for (int j = 0; j < steps; ++j) {
      const double t = time_at_log_snr(process, lambda[j]);
      sum += std::abs(total[j]) * std::pow(process.root(t).value(), p) / process.mean(t).value();
    }
    return sum;
  }

  // Golden-section search for one node between its neighbours.
  void improve(const Process& process, std::vector<double>& lambda, std::size_t i) const {
    const double ratio = 0.5 * (std::sqrt(5.0) - 1), width = lambda[i + 1] - lambda[i - 1];
    double low = lambda[i - 1] + 1e-3 * width, high = lambda[i + 1] - 1e-3 * width;
    const double kept = lambda[i], best = bound(process, lambda);
    const auto at = [&](double x) {
      lambda[i] = x;
      return bound(process, lambda);
    };
    double a = high - ratio * (high - low), b = low + ratio * (high - low);
    double fa = at(a), fb = at(b);
    for (int k = 0; k < 25; ++k) {
      if (fa < fb) {
        high = b, b = a, fb = fa, a = high - ratio * (high - low), fa = at(a);
      } else {
        low = a, a = b, fa = fb, b = low + ratio * (high - low), fb = at(b);
      }
    }
    if (at(fa < fb ? a : b) > best) lambda[i] = kept;
  }
};

}  // namespace
}  // namespace strang

STRANG_OPTIMIZER(dmn, Dmn, "times from an error bound, without a model (Xue et al. 2024)");
