// What a fit must satisfy whatever the numbers are.

#include "core/sampling/fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/fit/problem_fit.h"

namespace strang::test {
namespace {

double largest_correction(const Artefact& artefact) {
  double largest = 0;
  for (const FittedStep& step : artefact.steps)
    for (const double beta : step.beta) largest = std::max(largest, std::abs(beta));
  return largest;
}

double total(const Artefact& artefact, double FittedStep::*mse) {
  double sum = 0;
  for (const FittedStep& step : artefact.steps) sum += step.*mse;
  return sum;
}

TEST(fit, one_substep_changes_nothing) {
  const FitProblem heun("{name: edm}", "{name: heun}", edm_grid, 6);
  EXPECT_LT(largest_correction(heun.optimize(
                "{name: iia_edm, r: 0, samples: 16, ridge: 0, reference: {substeps: 1}}")),
            1e-11);
  const FitProblem ddim("{name: vp}", "{name: ddim}", "{name: uniform, end: 0.01}", 6);
  EXPECT_LT(largest_correction(ddim.optimize("{name: iia_ddim, quantities: [eps], first_step: 0, "
                                             "samples: 16, reference: {substeps: 1}}")),
            1e-11);
  // A multistep method restarts with order one.
  const FitProblem two("{name: vp}", "{name: dpmpp_2m}", "{name: uniform, end: 0.01}", 6);
  const Artefact restarted =
      two.optimize("{name: iia_dpmpp, samples: 16, reference: {substeps: 1}}");
  EXPECT_GT(restarted.steps[0].mse_base, 1e-8);
}

// The features with their base coefficients are the base step; those with the fitted ones are what
// the program does.
TEST(fit, features_and_coefficients_are_the_step) {
  for (const char* yaml : {"{name: iia_edm, r: 1, samples: 16, keep_features: true}",
                           "{name: biia_edm, r: 1, samples: 16, keep_features: true}"}) {
    const FitProblem p("{name: edm}", "{name: heun}", edm_grid, 6);
    const Artefact fitted = p.optimize(yaml);
    const at::Tensor states = p.trajectory(fitted.program, p.states(16));
    for (const FittedStep& step : fitted.steps) {
      const auto count = static_cast<std::int64_t>(step.names.size());
      const at::Tensor features = at::tensor(step.features, at::kDouble).view({count, 16, 1, 2});
      at::Tensor native = states[step.step].clone(), base = native.clone();
      for (std::int64_t j = 0; j < count; ++j) {
        native += (step.base[j] + step.beta[j]) * features[j];
        base += step.base[j] * features[j];
      }
      const double scale = largest(states[step.step]);
      EXPECT_LT(largest(native - states[step.step + 1]), 1e-11 * scale) << step.step;
      const Grid one = p.problem.grid({step.from, step.to});
      EXPECT_LT(largest(base - run(trace_sampler(*p.base, p.problem.field, one), p.problem.field,
                                   states[step.step].clone())),
                1e-13 * scale)
          << step.step;
    }
  }
}

// gamma of BIIA as coefficients of IIA (spec: beta_eps = gamma h / t, beta_D = gamma h / 2 t').
TEST(fit, basic_fit_is_a_restriction_of_the_advanced_one) {
  const FitProblem p("{name: edm}", "{name: heun}", edm_grid, 6);
  const Artefact basic = p.optimize("{name: biia_edm, r: 1, samples: 16}");
  Artefact advanced = p.optimize("{name: iia_edm, r: 1, samples: 16}");
  for (std::size_t s = 0; s < basic.steps.size(); ++s) {
    const FittedStep &from = basic.steps[s], &to = advanced.steps[s];
    const int i = from.step;
    const double h = p.grid[i + 1] - p.grid[i];
    for (int k = 0; k < 2; ++k) {
      const double gamma = from.base[k] + from.beta[k];
      advanced.program.free[to.free[2 * k]] = gamma * h / p.grid[i - k] - to.base[2 * k];
      advanced.program.free[to.free[2 * k + 1]] =
          gamma * h / (2 * p.grid[i - k + 1]) - to.base[2 * k + 1];
    }
  }
  const at::Tensor u = p.states(16);
  const at::Tensor a = p.trajectory(basic.program, u), b = p.trajectory(advanced.program, u);
  EXPECT_LT(largest(a - b), 1e-12);
}

TEST(fit, differences_of_ddim_are_one_direction_without_corrections) {
  const FitProblem p("{name: vp}", "{name: ddim}", "{name: uniform, end: 0.001}", 8);
  const Artefact off = p.optimize("{name: iia_ddim, samples: 16, on_policy: false, ridge: 0}");
  for (const FittedStep& step : off.steps) EXPECT_EQ(step.rank, 1) << step.step;
  const Artefact on = p.optimize("{name: iia_ddim, samples: 16, ridge: 0}");
  EXPECT_EQ(on.steps[0].rank, 1);
  EXPECT_EQ(on.steps[3].rank, 2);
}

TEST(fit, more_directions_leave_smaller_residuals) {
  const FitProblem p("{name: edm}", "{name: heun}", edm_grid, 8);
  const auto fit = [&](const std::string& name, int r) {
    return p.optimize(
        fmt::format("{{name: {}, r: {}, samples: 64, on_policy: false, ridge: 0}}", name, r));
  };
  std::vector<Artefact> basic, advanced;
  for (int r = 0; r < 3; ++r) {
    basic.push_back(fit("biia_edm", r));
    advanced.push_back(fit("iia_edm", r));
  }
  for (std::size_t s = 0; s < basic[0].steps.size(); ++s) {
    const auto mse = [&](const Artefact& a) { return a.steps[s].mse_fit; };
    const double slack = 1 + 1e-9;
    EXPECT_LE(mse(basic[0]), basic[0].steps[s].mse_base);
    EXPECT_LE(mse(advanced[0]), slack * mse(basic[0]));
    for (int r = 1; r < 3; ++r) {
      EXPECT_LE(mse(basic[r]), slack * mse(basic[r - 1]) + 1e-12);
      EXPECT_LE(mse(advanced[r]), slack * mse(advanced[r - 1]) + 1e-12);
    }
  }
}

TEST(fit, micro_batches_add_up) {
  FitProblem p("{name: edm}", "{name: heun}", edm_grid, 6);
  const char* yaml = "{name: biia_edm, r: 1, samples: 24, keep_features: true}";
  p.microbatch = 24;
  const Artefact whole = p.optimize(yaml);
  for (const std::int64_t microbatch : {8, 16}) {
    p.microbatch = microbatch;
    const Artefact parts = p.optimize(yaml);
    EXPECT_EQ(parts.evaluations, whole.evaluations);
    for (std::size_t s = 0; s < whole.steps.size(); ++s) {
      for (std::size_t j = 0; j < 2; ++j)
        EXPECT_NEAR(parts.steps[s].beta[j], whole.steps[s].beta[j], 1e-9);
      EXPECT_EQ(parts.steps[s].features.size(), whole.steps[s].features.size());
    }
  }
}

TEST(fit, costs_the_base_and_the_substeps) {
  const int N = 7, M = 4, B = 10;
  const FitProblem p("{name: edm}", "{name: heun}", edm_grid, N);
  const Artefact fitted =
      p.optimize(fmt::format("{{name: iia_edm, samples: {}, reference: {{substeps: {}}}}}", B, M));
  // The last step, which is not fitted, is not run.
  EXPECT_EQ(fitted.evaluations, B * ((2 * N - 1) - 1 + 2 * M * (N - 2)));
}

// Steps by hand from the fitted coefficients: states of every node, [node, sample, ...]. `step`
// takes (i, z, data, previous data) and gives the state at i + 1.
template <class Step>
at::Tensor by_hand(const FitProblem& p, at::Tensor z, Step step) {
  std::vector<at::Tensor> nodes = {z};
  at::Tensor before;
  for (int i = 0; i < p.grid.steps(); ++i) {
    at::Tensor data = at::empty_like(z);
    const double t = p.grid[i];
    p.problem.model->predict({*p.problem.process, {&t, 1}, z, data, {0, z.size(0)}});
    z = step(i, z, data, before);
    nodes.push_back(z);
    before = data;
  }
  return at::stack(nodes);
}

// beta of step i; zeros where it is not fitted.
std::vector<double> fitted_at(const Artefact& artefact, int i) {
  for (const FittedStep& step : artefact.steps)
    if (step.step == i) return step.beta;
  return {0, 0};
}

// The program, whose terms are joined by atom, does what the equations say.
TEST(fit, programs_of_2m_are_the_equations) {
  for (const char* process : {"{name: vp}", "{name: vp_cosine}"}) {
    const FitProblem p(process, "{name: dpmpp_2m}", "{name: uniform, end: 0.01}", 8);
    const Artefact fitted = p.optimize("{name: iia_dpmpp, samples: 16, ridge: 0}");
    const Grid& t = p.grid;
    const at::Tensor u = p.states(16);
    const at::Tensor native = by_hand(
        p, u, [&](int i, const at::Tensor& z, const at::Tensor& x, const at::Tensor& before) {
          const double h = t.log_snr_step(i);
          at::Tensor d = x;
          if (i > 0)
            d = (1 + 0.5 * h / t.log_snr_step(i - 1)) * x -
                0.5 * h / t.log_snr_step(i - 1) * before;
          const std::vector<double> phi = fitted_at(fitted, i);
          return t.sigma(i + 1) / t.sigma(i) * z - t.alpha(i + 1) * std::expm1(-h) * d +
                 phi[0] * z + phi[1] * x;
        });
    EXPECT_GT(std::abs(fitted_at(fitted, 3)[1]), 1e-4);
    EXPECT_LT(largest(p.trajectory(fitted.program, u) - native), 1e-14 * largest(native))
        << process;
  }
}

TEST(fit, programs_of_ddim_are_the_equations) {
  const FitProblem p("{name: vp}", "{name: ddim}", "{name: uniform, end: 0.01}", 8);
  const Grid& t = p.grid;
  const at::Tensor u = p.states(16);
  for (const char* quantities : {"[dx, deps]", "[eps]"}) {
    const bool guided = std::string(quantities) == "[eps]";
    const Artefact fitted = p.optimize(
        fmt::format("{{name: iia_ddim, quantities: {}, samples: 16, ridge: 0, first_step: {}}}",
                    quantities, guided ? 0 : 1));
    at::Tensor eps_before;
    const at::Tensor native = by_hand(
        p, u, [&](int i, const at::Tensor& z, const at::Tensor& x, const at::Tensor& before) {
          const at::Tensor eps = (z - t.alpha(i) * x) / t.sigma(i);
          const std::vector<double> phi = fitted_at(fitted, i);
          at::Tensor next = t.alpha(i + 1) * x + t.sigma(i + 1) * eps;
          if (guided)
            next = next + phi[0] * eps;
          else if (i > 0)
            next = next + phi[0] * (x - before) + phi[1] * (eps - eps_before);
          eps_before = eps;
          return next;
        });
    // The two differences are nearly proportional: large coefficients that cancel.
    EXPECT_LT(largest(p.trajectory(fitted.program, u) - native), guided ? 1e-14 : 1e-8)
        << quantities;
  }
}

// The flow process has no signal where it starts.
TEST(fit, estimates_of_ddim_exist_without_a_signal) {
  const FitProblem p("{name: flow}", "{name: ddim}", "{name: uniform, end: 0.1}", 6);
  for (const char* yaml : {"{name: iia_ddim, quantities: [eps], first_step: 0, samples: 16}",
                           "{name: iia_ddim, samples: 16}"}) {
    const Artefact fitted = p.optimize(yaml);
    EXPECT_LT(total(fitted, &FittedStep::mse_fit), total(fitted, &FittedStep::mse_base));
  }
}

// VP, 40 steps: the coefficients of DPM-Solver++(2M), alpha' (1 - e^-h) / (2 r).
TEST(fit, one_coefficient_of_ddim_tends_to_2m) {
  FitProblem p("{name: vp}", "{name: ddim}", "{name: uniform, end: 0.001}", 40);
  p.microbatch = 128;
  const Artefact fitted = p.optimize(
      "{name: iia_ddim, quantities: [dx], samples: 128, ridge: 0, reference: {substeps: 10}}");
  for (const int i : {10, 15, 20, 25}) {
    const double h = p.grid.log_snr_step(i), r = p.grid.log_snr_step(i - 1) / h;
    const double theory = -p.grid.alpha(i + 1) * std::expm1(-h) / (2 * r);
    EXPECT_NEAR(fitted.steps[i - 1].beta[0], theory, 0.1 * theory) << i;
  }
}

TEST(fit, fitted_samplers_are_better) {
  for (const int steps : {5, 6, 8}) {
    FitProblem p("{name: edm}", "{name: heun}", "{name: karras, last: zero}", steps);
    p.microbatch = 256;
    const at::Tensor u = p.states(768).narrow(0, 512, 256).contiguous();  // not in the fit
    const Grid fine = p.problem.grid("{name: karras, last: zero}", 400);
    const at::Tensor exact = run(trace_sampler(*p.base, p.problem.field, fine), p.problem.field, u);
    const auto error = [&](const Program& program) {
      return rms(p.trajectory(program, u)[steps] - exact);
    };
    const double base = error(trace_sampler(*p.base, p.problem.field, p.grid));
    for (const char* name : {"biia_edm", "iia_edm"}) {
      const Artefact fitted = p.optimize(fmt::format("{{name: {}, samples: 200}}", name));
      EXPECT_LT(error(fitted.program), 0.6 * base) << name << steps;
      EXPECT_LT(total(fitted, &FittedStep::mse_fit), total(fitted, &FittedStep::mse_base));
    }
  }
}

TEST(fit, steps_that_are_not_better_elsewhere_are_refused) {
  const FitProblem p("{name: edm}", "{name: heun}", "{name: karras, last: zero}", 8);
  const Artefact fitted =
      p.optimize("{name: window, x_window: 4, d_window: 8, samples: 4, validation: 64, ridge: 0}");
  int refused = 0;
  for (const FittedStep& step : fitted.steps) {
    EXPECT_EQ(step.refused, !(step.validation_fit < step.validation_base));
    refused += step.refused ? 1 : 0;
    for (std::size_t j = 0; j < step.free.size(); ++j) {
      EXPECT_EQ(fitted.program.free[step.free[j]], step.beta[j]);
      if (step.refused) {
        EXPECT_EQ(step.beta[j], 0);
      }
    }
  }
  EXPECT_GT(refused, 0) << "four samples are too few for twelve directions";
  EXPECT_LT(refused, std::ssize(fitted.steps) + 0);
}

TEST(fit, qr_and_normal_equations_agree_where_the_problem_is_well_posed) {
  const FitProblem p("{name: vp}", "{name: dpmpp_2m}", "{name: uniform, end: 0.001}", 8);
  const Artefact normal = p.optimize("{name: iia_dpmpp, samples: 40, ridge: 0}");
  const Artefact qr = p.optimize("{name: iia_dpmpp, samples: 40, ridge: 0, method: qr}");
  for (std::size_t s = 0; s < normal.steps.size(); ++s)
    for (int j = 0; j < 2; ++j)
      EXPECT_NEAR(normal.steps[s].beta[j], qr.steps[s].beta[j], 1e-9) << s;
}

TEST(fit, constraints_hold) {
  for (const char* process : {"{name: edm, sigma_max: 10}", "{name: vp}"}) {
    const FitProblem p(process, "{name: ddim}", "{name: log_snr, end: 0.01}", 6);
    const Artefact fitted = p.optimize(
        "{name: window, d_window: 3, samples: 32, constraints: [translation, point_mass]}");
    for (const FittedStep& step : fitted.steps)
      for (std::size_t k = 0; k < 2; ++k) {
        double sum = -step.constraints.values[k];
        for (std::size_t j = 0; j < step.beta.size(); ++j)
          sum += step.constraints.rows[k][j] * step.beta[j];
        EXPECT_NEAR(sum, 0, 1e-9) << step.step;
      }
    // Data moved by a constant: so are the samples.
    const at::Tensor u = p.states(8);
    const Problem moved(process, "{name: gaussian_mixture, means: [[3, 3]], variances: [[0, 0]]}");
    const at::Tensor end = run(fitted.program, moved.field, u);
    const double a = p.grid.alpha(6), s = p.grid.sigma(6), s0 = p.grid.sigma(0),
                 a0 = p.grid.alpha(0);
    EXPECT_LT(largest(end - (3 * a + s / s0 * (u - 3 * a0))), 1e-8);
  }
}

TEST(fit, reference_path_lowers_the_endpoint_error_of_ddim) {
  FitProblem p("{name: edm}", "{name: ddim}", "{name: karras, last: zero}", 10);
  p.microbatch = 256;
  const at::Tensor u = p.states(768).narrow(0, 512, 256).contiguous();
  const Grid fine = p.problem.grid("{name: karras, last: zero}", 1000);
  const auto heun = registry().integrators.build(config::Node("heun"), "test", registry());
  const at::Tensor exact =
      run(trace_sampler(*heun.object, p.problem.field, fine), p.problem.field, u);
  const auto error = [&](const std::string& target) {
    const Artefact fitted = p.optimize("{name: iia_ddim, samples: 200, target: " + target +
                                       ", reference: {integrator: heun, substeps: 20}}");
    return rms(p.trajectory(fitted.program, u)[10] - exact);
  };
  EXPECT_LT(error("global_trajectory"), 0.8 * error("local_restart"));
}

}  // namespace
}  // namespace strang::test
