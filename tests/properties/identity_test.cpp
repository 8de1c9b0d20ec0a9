// Methods that are one method under two names give one result, to rounding.

#include <gtest/gtest.h>

#include <functional>

#include "tests/properties/integrators.h"
#include "tests/properties/problem.h"

namespace strang {
namespace {

using namespace test;

using Trace = std::function<Value(Tracer&, Value, const Grid&)>;

class Written final : public Integrator {
 public:
  explicit Written(Trace trace) : trace_(std::move(trace)) {}
  IntegratorTraits traits() const override { return {}; }
  Value trace(Tracer& tracer, Value u, const Grid& t) const override {
    return trace_(tracer, std::move(u), t);
  }

 private:
  Trace trace_;
};

// Exponential Euler in log-SNR for y = x / sigma: the data prediction is held fixed over the step.
Value exponential_euler(Tracer& trace, Value x, const Grid& t) {
  for (int i = 0; i < t.steps(); ++i) {
    const Value data = trace.evaluate(x, t[i]).data;
    const double h = t.log_snr_step(i);
    x = trace.node(t.sigma(i + 1) / t.sigma(i) * x + t.alpha(i + 1) * -std::expm1(-h) * data,
                   t[i + 1]);
  }
  return x;
}

struct Identity {
  std::string name, left, right;
  std::vector<std::string> processes = {"{name: vp}", "{name: edm}", "{name: flow}"};
  int steps = 5;
  bool to_zero = true;
};

class Identities : public testing::TestWithParam<Identity> {};

std::unique_ptr<Integrator> method(const std::string& yaml) {
  if (yaml == "exponential_euler") return std::make_unique<Written>(exponential_euler);
  return integrator(yaml);
}

TEST_P(Identities, hold) {
  const Identity& identity = GetParam();
  for (const std::string& process : identity.processes)
    for (const bool to_zero : {false, identity.to_zero}) {
      const Problem problem(process, mixture);
      std::vector<double> times = {0.95, 0.7, 0.4, 0.25, 0.1};
      times.resize(identity.steps);
      times.push_back(to_zero ? 0 : 0.02);
      const Grid grid = problem.grid(times);
      const at::Tensor u = initial_states(problem, grid, 16);
      const auto result = [&](const std::string& yaml) {
        return run(trace_sampler(*method(yaml), problem.field, grid), problem.field, u,
                   KeyedNoise(3));
      };
      const at::Tensor left = result(identity.left);
      EXPECT_LE(largest(left - result(identity.right)), 1e-12 * largest(left)) << process;
    }
}

INSTANTIATE_TEST_SUITE_P(
    known, Identities,
    testing::Values(
        Identity{"ddim_is_euler_on_edm", "{name: ddim}", "{name: euler}", {"{name: edm}"}},
        Identity{"ddim_is_exponential_euler", "{name: ddim}", "exponential_euler"},
        Identity{"ancestral_without_noise_is_ddim", "{name: ancestral, eta: 0}", "{name: ddim}"},
        Identity{"ancestral_is_ddim_with_eta_1", "{name: ancestral}", "{name: ddim, eta: 1}"},
        Identity{"dpmpp_2m_begins_with_ddim",
                 "{name: dpmpp_2m}",
                 "{name: ddim}",
                 {"{name: vp}", "{name: edm}", "{name: flow}"},
                 1},
        Identity{"dpmpp_2m_lowered_is_ddim_at_two_steps_end",
                 "{name: dpmpp_2m, lower_order_final: 3}",
                 "{name: ddim}",
                 {"{name: vp}", "{name: edm}"},
                 2},
        Identity{"dpmpp_2m_sde_without_noise_is_dpmpp_2m", "{name: dpmpp_2m_sde, eta: 0}",
                 "{name: dpmpp_2m}"},
        Identity{"dpmpp_2m_sde_begins_with_ancestral",
                 "{name: dpmpp_2m_sde}",
                 "{name: ddim, eta: 1}",
                 {"{name: vp}", "{name: edm}", "{name: flow}"},
                 1},
        Identity{"ipndm_of_order_one_is_ddim", "{name: ipndm, order: 1}", "{name: ddim}"},
        Identity{"variable_ipndm_is_rhoab", "{name: ipndm, step: variable}",
                 "{name: deis, variable: rhoab}"},
        Identity{"tab_is_rhoab_on_edm",
                 "{name: deis}",
                 "{name: deis, variable: rhoab}",
                 {"{name: edm}"}},
        Identity{
            "lms_is_rhoab_on_edm", "{name: lms}", "{name: deis, variable: rhoab}", {"{name: edm}"}},
        Identity{"dpm_solver_1_is_ddim", "{name: dpm_solver, order: 1}", "{name: ddim}"},
        Identity{"dpm_solver_ends_as_ddim",
                 "{name: dpm_solver, order: 2, last_orders: [1, 1, 1, 1, 1]}", "{name: ddim}"},
        Identity{"dpmpp_3m_of_order_two_is_2m", "{name: dpmpp_3m, order: 2}", "{name: dpmpp_2m}"},
        Identity{"unipc_predictor_of_order_one_is_ddim",
                 "{name: unipc, order: 1, corrector: false}", "{name: ddim}"},
        Identity{"unipc_predictor_of_order_two_is_2m",
                 "{name: unipc, order: 2, corrector: false, variant: bh2}", "{name: dpmpp_2m}"},
        Identity{"edm_ablation_is_heun", "{name: edm_ablation, alpha: 1}", "{name: heun}"},
        Identity{"edm_ablation_is_heun_with_churn",
                 "{name: edm_ablation, s_churn: 2}",
                 "{name: heun, s_churn: 2}",
                 {"{name: edm}", "{name: vp}"}},
        Identity{"edm_ablation_of_order_one_is_euler", "{name: edm_ablation, solver: euler}",
                 "{name: euler}"}),
    [](const auto& info) { return info.param.name; });

// On cld as on positions alone.
TEST(identities, edm_ablation_is_heun_on_two_slots) {
  const Problem problem("{name: cld}", mixture);
  const Grid grid = problem.grid({1, 0.6, 0.3, 0.1});
  const at::Tensor u = initial_states(problem, grid, 16);
  const auto result = [&](const char* yaml) {
    return run(trace_sampler(*integrator(yaml), problem.field, grid), problem.field, u);
  };
  EXPECT_LE(largest(result("{name: heun}") - result("{name: edm_ablation}")), 1e-12);
}

}  // namespace
}  // namespace strang
