// What every linear process must satisfy, checked on all of them: the closed forms of E, K, N and
// the transitions against the equation du = F u dt + G dW that they solve.

#include <gtest/gtest.h>

#include <cmath>

#include "tests/processes/plugins.h"

namespace strang {
namespace {

using test::process;

class EveryProcess : public testing::TestWithParam<const char*> {
 protected:
  std::unique_ptr<Process> p = process(GetParam());

  // Times inside, where all the functions are finite.
  std::vector<double> times() const {
    const auto [begin, end] = p->time();
    std::vector<double> times;
    for (const double fraction : {0.003, 0.1, 0.35, 0.62, 0.97})
      times.push_back(begin + fraction * (end - begin));
    return times;
  }
};

double largest(const Block& block) {
  double value = 0;
  for (int i = 0; i < block.slots(); ++i)
    for (int j = 0; j < block.slots(); ++j) value = std::max(value, std::abs(block(i, j)));
  return value;
}

// Blocks agree to `tolerance` of their largest entry, or of `scale` if that is larger.
void expect_near(const Block& a, const Block& b, double tolerance, double scale = 0) {
  const double size = std::max({largest(a), largest(b), scale});
  EXPECT_LE(largest(a - b), tolerance * size) << a.describe(17) << " against " << b.describe(17);
}

// The derivative by central differences, extrapolated twice: error of sixth order.
template <class F>
Block derivative(F f, double t, double h) {
  const auto slope = [&](double step) { return (f(t + step) - f(t - step)) / (2 * step); };
  const Block a = slope(h), b = slope(h / 2), c = slope(h / 4);
  const Block ab = (4 * b - a) / 3, bc = (4 * c - b) / 3;
  return (16 * bc - ab) / 15;
}

double step_at(const Process& p, double t) {
  return std::min(
      {0.1 * (t - p.time().begin), 0.02 * (p.time().end - p.time().begin), p.time().end - t});
}

TEST_P(EveryProcess, mean_rate_is_the_derivative_of_the_mean) {
  for (const double t : times()) {
    const Block rate = derivative([&](double s) { return p->mean(s); }, t, step_at(*p, t));
    expect_near(p->mean_rate(t), rate, 1e-7, largest(p->mean(t)));
    expect_near(p->mean_rate(t), p->drift(t) * p->mean(t), 1e-13);
  }
}

TEST_P(EveryProcess, covariance_solves_the_lyapunov_equation) {
  for (const double t : times()) {
    const Block K = p->covariance(t), F = p->drift(t), G = p->diffusion(t);
    const Block rate = derivative([&](double s) { return p->covariance(s); }, t, step_at(*p, t));
    expect_near(F * K + K * F.transpose() + G * G.transpose(), rate, 1e-7);
  }
}

TEST_P(EveryProcess, root_factors_the_covariance) {
  for (const double t : times()) {
    const Block L = p->root(t);
    // CLD's root may hold its numerical_eps; with 0 it is exact.
    expect_near(L * L.transpose(), p->covariance(t), 1e-14);
  }
}

TEST_P(EveryProcess, noise_rate_follows_from_root_drift_and_diffusion) {
  for (const double t : times()) {
    const Block L = p->root(t), G = p->diffusion(t);
    const Block N = p->drift(t) * L + 0.5 * (G * G.transpose() * L.transpose().inverse());
    expect_near(p->noise_rate(t), N, 1e-11, largest(p->drift(t) * L));
  }
}

TEST_P(EveryProcess, transition_continues_the_kernel) {
  for (const double t : times())
    for (const double s : times()) {
      if (s >= t) continue;
      const auto [mean, root] = p->transition(s, t);
      expect_near(mean * p->mean(s), p->mean(t), 1e-13, largest(mean));
      expect_near(mean * p->covariance(s) * mean.transpose() + root * root.transpose(),
                  p->covariance(t), 1e-13);
    }
}

TEST_P(EveryProcess, transitions_compose) {
  const std::vector<double> t = times();
  for (std::size_t i = 0; i + 2 < t.size(); ++i) {
    const Gaussian first = p->transition(t[i], t[i + 1]),
                   second = p->transition(t[i + 1], t[i + 2]);
    const Gaussian whole = p->transition(t[i], t[i + 2]);
    const Block variance =
        second.mean * first.root * first.root.transpose() * second.mean.transpose() +
        second.root * second.root.transpose();
    expect_near(second.mean * first.mean, whole.mean, 1e-13);
    expect_near(variance, whole.root * whole.root.transpose(), 1e-13);
  }
}

TEST_P(EveryProcess, transition_over_a_short_time_has_the_variance_of_the_diffusion) {
  for (const double t : times()) {
    const double h = 1e-9 * (p->time().end - p->time().begin);
    // The step that the rounded times really make.
    const Block G = p->diffusion(t), root = p->transition(t, t + h).root;
    expect_near(root * root.transpose(), G * G.transpose() * ((t + h) - t), 1e-5);
  }
}

TEST_P(EveryProcess, noise_clock_increases) {
  double before = p->noise_clock(p->time().begin);
  for (const double t : times()) {
    EXPECT_GT(p->noise_clock(t), before);
    before = p->noise_clock(t);
  }
}

TEST_P(EveryProcess, at_the_end_the_state_has_the_law_of_the_prior) {
  const double end = p->time().end;
  const Block R = p->prior_root();
  expect_near(R * R.transpose(), p->covariance(end), 5e-3);  // up to the signal that is left
}

const char* const processes[] = {
    "{name: vp}",
    "{name: vp, beta_min: 0.5, beta_max: 12}",
    "{name: sub_vp}",
    "{name: vp_cosine}",
    "{name: vp_discrete}",
    "{name: vp_discrete, betas: scaled_linear, beta_start: 0.00085, beta_end: 0.012}",
    "{name: ve}",
    "{name: ve, sigma: sqrt, sigma_max: 100}",
    "{name: edm}",
    "{name: flow}",
    "{name: cld, numerical_eps: 0}",
    "{name: cld, numerical_eps: 0, factor: upper, beta: 6, mass_inverse: 2.5, kappa: 0.3}",
};
INSTANTIATE_TEST_SUITE_P(processes, EveryProcess, testing::ValuesIn(processes));

}  // namespace
}  // namespace strang
