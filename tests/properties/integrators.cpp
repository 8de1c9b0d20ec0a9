#include "tests/properties/integrators.h"

#include <cctype>

#include "tests/processes/plugins.h"

namespace strang::test {

std::vector<std::string> every_integrator() {
  std::vector<std::string> all;
  for (const std::string& name : registry().integrators.names())
    if (name != "program") all.push_back("{name: " + name + "}");
  for (const char* variant : {"{name: ddim, eta: 1}",
                              "{name: ddim, eta: 0.5}",
                              "{name: ancestral, eta: 0}",
                              "{name: dpmpp_2m_sde, eta: 0}",
                              "{name: dpmpp_2m_sde, eta: 0, solver: heun}",
                              "{name: dpmpp_2m_sde, solver: heun}",
                              "{name: edm_ablation, solver: euler}",
                              "{name: edm_ablation, alpha: 0.5}",
                              "{name: edm_ablation, s_churn: 0.4}",
                              "{name: heun, s_churn: 0.4}",
                              "{name: dpmpp_2m, lower_order_final: 4}",
                              "{name: rk45, controller: pi}",
                              "{name: rk45, norm: batch}",
                              "{name: splitting, conjugate: identity}",
                              "{name: lms, order: 2}",
                              "{name: ipndm, step: variable}",
                              "{name: deis, variable: rhoab, order: 3}",
                              "{name: dpm_solver, order: 1}",
                              "{name: dpm_solver, order: 2}",
                              "{name: dpmpp_3m, second: taylor, lower_order_final: 4}",
                              "{name: unipc, order: 1}",
                              "{name: unipc, order: 2, variant: bh1, prediction: noise}",
                              "{name: unipc, corrector: false, exact_weights: true}"})
    all.emplace_back(variant);
  return all;
}

std::vector<std::string> phase_space_integrators() {
  return {
      "{name: splitting, scheme: [{kick: 0.5, evaluate: start}, {drift: 1}, {kick: 0.5, "
      "evaluate: end}]}",
      "{name: splitting, scheme: [{drift: 0.5}, {kick: 1, evaluate: end}, {drift: 0.5}]}",
      "{name: splitting, scheme: [{ou: 1}, {kick: 1, evaluate: start}, {drift: 1}]}",
      "{name: splitting, scheme: [{analytic: 0.5}, {residual: 1, evaluate: start}, {analytic: "
      "0.5}]}",
      "{name: splitting, conjugate: ones, lambda: 0.5, scheme: [{kick: 0.5, evaluate: start}, "
      "{drift: 1}, {kick: 0.5}]}"};
}

std::unique_ptr<Integrator> integrator(const std::string& yaml) {
  return registry()
      .integrators.build(config::parse_yaml(yaml, "test"), "integrator", registry())
      .object;
}

IntegratorTraits traits_of(const std::string& yaml) { return integrator(yaml)->traits(); }

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name;
  for (const char c : info.param.substr(info.param.find(' ') + 1)) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      name += c;
    else if (!name.empty() && name.back() != '_' && c != '}')
      name += '_';
  }
  return name;
}

}  // namespace strang::test
