// An exact denoiser that speaks as networks do: whatever the parametrisation, runs that use the
// score agree with those of the exact model, and conjugate steps of form=output depend on it as the
// theory says.

#include <gtest/gtest.h>

#include <functional>

#include "core/error.h"
#include "models/formula.h"
#include "tests/files/message.h"
#include "tests/properties/integrators.h"
#include "tests/properties/problem.h"

namespace strang {
namespace {

using namespace test;

constexpr const char* psld = "{name: psld}";
constexpr const char* cld = "{name: cld}";

std::string speaking(const std::string& options) {
  return std::string("{name: parametrised, model: ") + mixture + ", " + options + "}";
}

const std::string rvv =
    "{name: splitting, scheme: [{kick: 0.5, evaluate: start}, {drift: 1}, {kick: 0.5, evaluate: "
    "end}]}";
const std::string roba =
    "{name: splitting, scheme: [{ou: 1}, {kick: 1, evaluate: start}, {drift: 1}]}";

std::string conjugate(const std::string& form, const std::string& options = "conjugate: identity") {
  return "{name: splitting, form: " + form + ", " + options + "}";
}

at::Tensor solve(const std::string& process, const std::string& model, const std::string& method) {
  const Problem problem(process, model);
  const Grid grid = problem.grid("{name: quadratic, end: 1.0e-2}", 8);
  return run(trace_sampler(*integrator(method), problem.field, grid), problem.field,
             initial_states(problem, grid, 16), KeyedNoise(3));
}

struct Spoken {
  std::string process, options;
};

class Parametrisations : public testing::TestWithParam<Spoken> {};

TEST_P(Parametrisations, do_not_change_what_uses_the_score) {
  const auto& [process, options] = GetParam();
  std::vector<std::string> methods = {"{name: euler}", "{name: heun}", "{name: euler_maruyama}",
                                      "{name: rk45}"};
  if (process != "{name: vp}") methods.insert(methods.end(), {rvv, roba});
  for (const std::string& method : methods) {
    const at::Tensor exact = solve(process, mixture, method);
    EXPECT_LT(largest(solve(process, speaking(options), method) - exact), 1e-10 * largest(exact))
        << method;
  }
}

INSTANTIATE_TEST_SUITE_P(
    all, Parametrisations,
    testing::Values(
        Spoken{psld, "form: noise"}, Spoken{psld, "form: mixed"},
        Spoken{"{name: psld, factor: upper}", "form: noise"},
        Spoken{psld, "form: mixed, c_in: 1 / sqrt(e_xx^2 + k_xx), c_noise: log(t)"},
        Spoken{psld,
               "c_skip: [[-0.5, 0.1], [0, -1 / k_mm]], c_out: [[1 / l_xx, 0], [l_mx, -2]], c_in: "
               "[[1, 0.5], [0, 1 / l_mm]], c_noise: 999 * t"},
        Spoken{cld, "form: noise"}, Spoken{cld, "form: mixed"},
        Spoken{cld, "form: mixed, c_in: [[1, 0], [0, 1 / sqrt(k_mm + e_mx^2)]]"},
        Spoken{
            "{name: vp}",
            "form: mixed, c_in: 1 / sqrt(alpha^2 + sigma^2), c_noise: 0.25 * log(sigma / alpha)"},
        Spoken{
            "{name: vp}",
            "c_skip: (0.25 / (sigma^2 + 0.25 * alpha^2) * alpha^2 - 1) / sigma^2, c_out: alpha * "
            "0.5 / (sigma * sqrt(sigma^2 + 0.25 * alpha^2))"}),
    [](const auto& info) { return fmt::format("case_{}", info.index); });

TEST(Parametrisation, conjugate_steps_of_the_noise_form_are_those_of_its_output) {
  const at::Tensor exact = solve(psld, mixture, conjugate("noise", "conjugate: ones, lambda: 0.5"));
  EXPECT_LT(largest(solve(psld, speaking("form: noise"),
                          conjugate("output", "conjugate: ones, lambda: 0.5")) -
                    exact),
            1e-10 * largest(exact));
}

TEST(Parametrisation, conjugate_steps_depend_on_what_the_network_gives) {
  const at::Tensor noise = solve(psld, mixture, conjugate("noise"));
  const at::Tensor mixed = solve(psld, speaking("form: mixed"), conjugate("output"));
  EXPECT_GT(largest(mixed - noise), 1e-3 * largest(noise));
  // The noise view of a mixed score is the noise.
  EXPECT_LT(largest(solve(psld, speaking("form: mixed"), conjugate("noise")) - noise),
            1e-10 * largest(noise));
}

class Written final : public Integrator {
 public:
  IntegratorTraits traits() const override { return {}; }
  // On vp with c_skip = -1 / sigma^2, c_out = -1 / sigma, and B = 0: A = 1 / sigma and Phi =
  // -lambda, the log-SNR, up to constants.
  Value trace(Tracer& trace, Value u, const Grid& t) const override {
    for (int i = 0; i < t.steps(); ++i) {
      const Value output = trace.evaluate(u, t[i]).output;
      u = trace.node(t.sigma(i + 1) * (1 / t.sigma(i) * u - t.log_snr_step(i) * output), t[i + 1]);
    }
    return u;
  }
};

TEST(Parametrisation, the_conjugate_step_of_a_mixed_score_has_a_closed_form_on_vp) {
  const Problem problem("{name: vp}", speaking("form: mixed"));
  const Grid grid = problem.grid({1, 0.7, 0.4, 0.2, 0.05, 0.01});
  const at::Tensor u = initial_states(problem, grid, 16);
  const at::Tensor expected = run(trace_sampler(Written(), problem.field, grid), problem.field, u);
  const at::Tensor found =
      run(trace_sampler(*integrator(conjugate("output")), problem.field, grid), problem.field, u);
  EXPECT_LT(largest(found - expected), 1e-12 * largest(expected));
}

TEST(Parametrisation, half_outputs_have_a_score_and_a_velocity_alone) {
  const Problem problem(cld, speaking("form: noise"));
  const Views views = problem.field.views(0.5);
  EXPECT_EQ(views.score.undefined, "");
  EXPECT_EQ(views.velocity.undefined, "");
  EXPECT_NE(views.noise.undefined, "");
  EXPECT_NE(views.data.undefined, "");
  EXPECT_EQ(views.score.output(0, 0), 0);
  EXPECT_EQ(views.score.output(1, 0), 0);
  EXPECT_TRUE(contains(
      message_of<UsageError>([&] { solve(cld, speaking("form: noise"), conjugate("noise")); }),
      "integrator.form=output"));
  const at::Tensor exact = solve(cld, mixture, conjugate("noise", "conjugate: ones, lambda: 0.5"));
  for (const char* half : {"half: auto", "half: momentum"})
    EXPECT_LT(
        largest(solve(cld, speaking(half), conjugate("output", "conjugate: ones, lambda: 0.5")) -
                exact),
        1e-10 * largest(exact));
}

TEST(Parametrisation, single_precision_of_the_network_shows) {
  const at::Tensor exact = solve(psld, mixture, rvv);
  for (const char* options : {"network_type: float32", "coefficient_type: float32, form: mixed"}) {
    const double difference = largest(solve(psld, speaking(options), rvv) - exact);
    EXPECT_GT(difference, 1e-9) << options;
    EXPECT_LT(difference, 1e-4) << options;
  }
}

TEST(Parametrisation, mistakes_are_named) {
  const auto message = [](const std::string& process, const std::string& options) {
    return message_of<UsageError>([&] { Problem(process, speaking(options)); });
  };
  EXPECT_TRUE(contains(message("{name: vp}", "c_in: 1 / k_mm"), "'k_mm'"));
  EXPECT_TRUE(contains(message(psld, "c_in: 1 / kmm"), "did you mean"));
  EXPECT_TRUE(contains(message(psld, "c_out: [[1, 0]]"), "square matrix"));
  EXPECT_TRUE(contains(message(psld, "c_out: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]"), "2 slots"));
  EXPECT_TRUE(contains(message(psld, "c_noise: '2 * (t'"), "expected ')'"));
}

TEST(Formulas, follow_the_rules_of_arithmetic) {
  const std::vector<std::string> names = {"t", "sigma"};
  const std::vector<double> values = {2, 3};
  const std::vector<std::pair<std::string, double>> cases = {
      {"1 + 2 * 3", 7},  {"-t^2", -4},     {"2^t^2", 16},          {"(1 + t) * sigma", 9},
      {"8 / 4 / 2", 1},  {"5 - 2 - 1", 2}, {"sqrt(sigma + 1)", 2}, {"exp(log(5))", 5},
      {"1e-3 * 2e3", 2}, {"2^-1", 0.5},    {" - - t", 2},          {".5", 0.5}};
  for (const auto& [text, value] : cases)
    EXPECT_DOUBLE_EQ(Formula(text, names, "test")(values), value) << text;
  for (const char* text : {"", "1 +", "tt", "sqrt 4", "(1", "1)", "2 3", "t t", "*"})
    EXPECT_THROW(Formula(text, names, "test"), UsageError) << text;
}

}  // namespace
}  // namespace strang
