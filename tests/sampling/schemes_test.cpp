// Two schemes written on the tracer that no plugin holds yet: the form must carry them, at the cost
// that they should have.

#include <gtest/gtest.h>

#include "core/program/cost.h"
#include "core/program/listing.h"
#include "tests/properties/problem.h"

namespace strang {
namespace {

using namespace test;

// ---- Kick and drift on phase space: half a kick, a drift, half a kick with a fresh score (RVV).
// ----

// du/dt = F u - G G^T score / 2, split into the rows of the momentum (kick) and of the position
// (drift).
struct Split {
  const Process& process;

  Value step(const Block& row, double t, double h, const Value& u, const Value& score) const {
    const Block g = process.diffusion(t);
    return u + h * (row * (process.drift(t) * u - 0.5 * (g * g.transpose()) * score));
  }
  Value kick(double t, double h, const Value& u, const Value& score) const {
    return step(Block::diagonal({0, 1}), t, h, u, score);
  }
  Value drift(double t, double h, const Value& u, const Value& score) const {
    return step(Block::diagonal({1, 0}), t, h, u, score);
  }
};

class Rvv final : public Integrator {
 public:
  IntegratorTraits traits() const override { return {.order = 2, .slots = 2, .evaluations = 2}; }
  Value trace(Tracer& trace, Value u, const Grid& t) const override {
    const Split split{trace.process()};
    for (int i = 0; i < t.steps(); ++i) {
      const double h = t[i + 1] - t[i];
      Value score = trace.evaluate(u, t[i]).score;
      Value v = split.kick(t[i], 0.5 * h, u, score);
      v = split.drift(t[i], h, v, score);
      score = trace.evaluate(v, t[i + 1]).score;
      u = trace.node(split.kick(t[i + 1], 0.5 * h, v, score), t[i + 1]);
    }
    return u;
  }
};

TEST(rvv, step_has_two_combines_two_evaluations_and_at_most_three_buffers) {
  const Problem problem("{name: cld}", gaussian);
  const Program program =
      trace_sampler(Rvv(), problem.field, problem.grid({1, 0.8, 0.6, 0.4, 0.2}));
  for (const Cost& step : count_steps(program)) {
    EXPECT_EQ(step.evaluations, 2);
    EXPECT_EQ(step.passes, 2);
  }
  EXPECT_LE(count_cost(program).buffers, 3);
}

TEST(rvv, converges_to_the_probability_flow) {
  const Problem problem("{name: cld}", gaussian);
  const auto solve = [&](const Integrator& integrator, int steps) {
    const Grid grid = problem.grid("{name: uniform, end: 0.1}", steps);
    return run(trace_sampler(integrator, problem.field, grid), problem.field,
               initial_states(problem, grid, 8));
  };
  const at::Tensor fine = solve(Rvv(), 2048);
  EXPECT_GE(order_of({64, 128}, {rms(solve(Rvv(), 64) - fine), rms(solve(Rvv(), 128) - fine)}),
            0.75);
  const auto heun =
      registry()
          .integrators.build(config::parse_yaml("{name: heun}", "test"), "", registry())
          .object;
  EXPECT_LT(rms(fine - solve(*heun, 512)), 1e-2);
}

// ---- A corrector whose step depends on the data (Song et al. 2021, algorithm 5). ----

class Langevin final : public Integrator {
 public:
  IntegratorTraits traits() const override { return {.slots = 1, .stochastic = true}; }
  Value trace(Tracer& trace, Value x, const Grid& t) const override {
    for (int i = 0; i < t.steps(); ++i) {
      const Value g = trace.evaluate(x, t[i]).score;
      const Value z = trace.noise(t[i], t[i + 1], 0, Domain::corrector);
      const Scalar step = 2 * square(0.16 * trace.norm(z) / trace.norm(g));
      x = trace.node(x + step * g + sqrt(2 * step) * z, t[i + 1]);
    }
    return x;
  }
};

TEST(langevin, step_of_each_sample_is_the_direct_computation) {
  const Problem problem("{name: edm}", "{name: gaussian, mean: [0.5, -1], covariance: 0.5}");
  const Grid grid = problem.grid({2, 1});
  const Program program = trace_sampler(Langevin(), problem.field, grid);
  const at::Tensor x = initial_states(problem, grid, 6);
  const at::Tensor result = run(program, problem.field, x, KeyedNoise(9));

  const at::Tensor z = at::empty_like(x);
  KeyedNoise(9).draw({.from = 2, .to = 1, .domain = Domain::corrector}, z, {0, 6});
  const at::Tensor g = -(x - at::tensor({0.5, -1.0}, at::kDouble)) / (4 + 0.5);
  const auto norm = [](const at::Tensor& v) { return v.square().sum({1, 2}, true).sqrt(); };
  const at::Tensor step = 2 * (0.16 * norm(z) / norm(g)).square();
  EXPECT_LE(largest(result - (x + step * g + (2 * step).sqrt() * z)), 1e-13);
}

TEST(langevin, does_not_depend_on_the_split) {
  const Problem problem("{name: vp}", mixture);
  const Grid grid = problem.grid({0.9, 0.6, 0.3});
  const Program program = trace_sampler(Langevin(), problem.field, grid);
  const at::Tensor x = initial_states(problem, grid, 10);
  EXPECT_TRUE(run(program, problem.field, x, KeyedNoise(9), {4})
                  .equal(run(program, problem.field, x, KeyedNoise(9), {4, {2, 0, 1}, true})));
}

// ---- Free coefficients, as a fit will use them. ----

Value with_free(const Value& value, FreeId id) {
  return value.map([id](Term term) {
    term.free = id;
    return term;
  });
}

// DDIM with a free multiple of (state - data) added to every step.
class FreeDdim final : public Integrator {
 public:
  IntegratorTraits traits() const override { return {.slots = 1}; }
  Value trace(Tracer& trace, Value x, const Grid& t) const override {
    for (int i = 0; i < t.steps(); ++i) {
      const Estimate e = trace.evaluate(x, t[i]);
      const Value base = t.alpha(i + 1) * e.data + t.sigma(i + 1) * e.noise;
      x = trace.node(base + with_free(x - e.data, trace.builder().free()), t[i + 1]);
    }
    return x;
  }
};

TEST(free_coefficients, are_zero_until_set_and_enter_linearly) {
  const Problem problem("{name: edm}", mixture);
  const Grid grid = problem.grid({2, 1});
  Program program = trace_sampler(FreeDdim(), problem.field, grid);
  ASSERT_EQ(program.free, std::vector<double>{0.0});
  const at::Tensor x = initial_states(problem, grid, 6);
  const auto at_value = [&](double value) {
    program.free[0] = value;
    return run(program, problem.field, x);
  };
  const auto ddim =
      registry()
          .integrators.build(config::parse_yaml("{name: ddim}", "test"), "", registry())
          .object;
  const at::Tensor base = run(trace_sampler(*ddim, problem.field, grid), problem.field, x);
  EXPECT_LE(largest(at_value(0) - base), 1e-15);
  const at::Tensor direction = at_value(1) - base;
  EXPECT_GT(rms(direction), 0.1);
  EXPECT_LE(largest(at_value(-0.37) - (base - 0.37 * direction)), 1e-14);
}

TEST(free_coefficients, cost_no_pass) {
  const Problem problem("{name: edm}", mixture);
  const Program program = trace_sampler(FreeDdim(), problem.field, problem.grid({2, 1, 0.5}));
  EXPECT_EQ(program.free.size(), 2u);
  for (const Cost& step : count_steps(program)) EXPECT_EQ(step.passes, 1);
}

}  // namespace
}  // namespace strang
