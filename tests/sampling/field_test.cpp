// The views of an evaluation do not depend on what the model predicts.

#include <gtest/gtest.h>

#include <map>

#include "core/sampling/tracer.h"
#include "core/tensor.h"
#include "tests/files/message.h"
#include "tests/properties/problem.h"

namespace strang {
namespace {

using namespace test;

// Says what it predicts; Field::views needs no more.
class Predicting final : public Model {
 public:
  explicit Predicting(Prediction prediction) : prediction_(prediction) {}
  Prediction prediction() const override { return prediction_; }
  std::vector<std::int64_t> event_shape() const override { return {1}; }
  void require_supports(const Process&) const override {}
  void predict(const Query&) const override {}

 private:
  Prediction prediction_;
};

// The true views at a state of which the data prediction is known, and what each kind of model
// would write.
struct Truth {
  double u, data, noise, score, velocity;
  std::map<Prediction, double> outputs;

  Truth(const Process& process, double t) {
    // Data N(0.3, 0.7), at an arbitrary state.
    const double a = process.mean(t).value(), s = process.root(t).value(), variance = 0.7;
    u = 1.3;
    data = 0.3 + a * variance / (a * a * variance + s * s) * (u - a * 0.3);
    noise = (u - a * data) / s;
    score = -(u - a * 0.3) / (a * a * variance + s * s);
    const double g2 = std::pow(process.diffusion(t).value(), 2);
    velocity = process.drift(t).value() * u - 0.5 * g2 * score;
    const double level = s / a, sd = 0.5;
    const double skip = sd * sd / (level * level + sd * sd);
    const double out = level * sd / std::sqrt(level * level + sd * sd);
    outputs = {{Prediction::data, data},         {Prediction::noise, noise},
               {Prediction::score, score},       {Prediction::v, a * noise - s * data},
               {Prediction::velocity, velocity}, {Prediction::edm_f, (data - skip * u / a) / out}};
  }
};

double evaluate(const ViewForm& form, double u, double output) {
  EXPECT_EQ(form.undefined, "");
  return form.input.value() * u + form.output.value() * output;
}

class Predictions : public testing::TestWithParam<Prediction> {};

TEST_P(Predictions, give_the_same_views_of_an_exact_gaussian) {
  const Predicting model(GetParam());
  for (const char* yaml : {"{name: vp}", "{name: vp_cosine}", "{name: sub_vp}", "{name: ve}",
                           "{name: edm}", "{name: flow}"}) {
    const auto process = test::process(yaml);
    const Field field(*process, model);
    for (const double t : {0.1, 0.5, 0.9}) {
      const Truth truth(*process, t);
      const Views views = field.views(t);
      const double output = truth.outputs.at(GetParam());
      const double scale = 1 + std::abs(truth.velocity) + std::abs(truth.score);
      EXPECT_NEAR(evaluate(views.data, truth.u, output), truth.data, 1e-11 * scale) << yaml << t;
      EXPECT_NEAR(evaluate(views.noise, truth.u, output), truth.noise, 1e-11 * scale) << yaml << t;
      EXPECT_NEAR(evaluate(views.score, truth.u, output), truth.score, 1e-11 * scale) << yaml << t;
      EXPECT_NEAR(evaluate(views.velocity, truth.u, output), truth.velocity, 1e-11 * scale)
          << yaml << t;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(all, Predictions,
                         testing::Values(Prediction::data, Prediction::noise, Prediction::score,
                                         Prediction::v, Prediction::velocity, Prediction::edm_f));

using Pair = std::array<double, 2>;
Pair operator*(const Block& m, const Pair& x) {
  return {m(0, 0) * x[0] + m(0, 1) * x[1], m(1, 0) * x[0] + m(1, 1) * x[1]};
}
Pair operator+(const Pair& x, const Pair& y) { return {x[0] + y[0], x[1] + y[1]}; }

TEST(field, two_slot_views_agree_for_every_prediction) {
  for (const char* yaml :
       {"{name: cld, numerical_eps: 0}", "{name: cld, numerical_eps: 0, factor: upper}"}) {
    const auto process = test::process(yaml);
    for (const double t : {0.2, 0.5, 1.0}) {
      const Pair u = {0.8, -0.4}, data = {0.3, 0.0};
      const Pair residual = u + -process->mean(t) * data;
      const Pair score = -process->covariance(t).inverse() * residual;
      const Pair noise = -process->root(t).transpose() * score;
      const Block g = process->diffusion(t);
      const Pair velocity = process->drift(t) * u + -0.5 * (g * g.transpose()) * score;
      const std::map<Prediction, Pair> outputs = {
          {Prediction::data, data}, {Prediction::noise, noise}, {Prediction::score, score}};
      for (const auto& [prediction, output] : outputs) {
        const Predicting model(prediction);
        const Views views = Field(*process, model).views(t);
        const std::vector<std::pair<ViewForm, Pair>> expected = {{views.data, data},
                                                                 {views.noise, noise},
                                                                 {views.score, score},
                                                                 {views.velocity, velocity}};
        for (const auto& [form, truth] : expected) {
          const Pair found = form.input * u + form.output * output;
          for (const int slot : {0, 1}) EXPECT_NEAR(found[slot], truth[slot], 1e-9) << yaml << t;
        }
      }
    }
  }
}

TEST(field, one_slot_predictions_are_refused_on_two) {
  const auto process = test::process("{name: cld}");
  for (const Prediction p : {Prediction::v, Prediction::velocity, Prediction::edm_f}) {
    const Predicting model(p);
    EXPECT_TRUE(contains(usage_error([&] { Field(*process, model); }), "this one has 2 slots"));
  }
}

// Uses a view of an evaluation at time t.
std::string use_of(const Process& process, Prediction prediction, double t, Value Estimate::*view) {
  const Predicting model(prediction);
  const Field field(process, model);
  Builder builder(1);
  Tracer trace(builder, field);
  Value u = builder.initial();
  const Estimate e = trace.evaluate(u, t);  // asking costs nothing
  return usage_error([&] { trace.store(u + 2.0 * e.*view); });
}

TEST(field, views_that_do_not_exist_throw_when_used) {
  const auto edm = test::process("{name: edm}");
  const auto flow = test::process("{name: flow}");
  for (const auto view : {&Estimate::noise, &Estimate::score, &Estimate::velocity})
    EXPECT_TRUE(
        contains(use_of(*edm, Prediction::data, 0, view), "the noise level is zero at t = 0"));
  EXPECT_EQ(use_of(*edm, Prediction::data, 0, &Estimate::data), "");
  EXPECT_TRUE(contains(use_of(*flow, Prediction::noise, 1, &Estimate::data),
                       "the signal is zero at t = 1"));
  EXPECT_EQ(use_of(*flow, Prediction::data, 1, &Estimate::velocity), "");
  EXPECT_EQ(use_of(*flow, Prediction::velocity, 1, &Estimate::data), "");
}

TEST(field, times_of_each_row_give_the_view_at_each_time) {
  const Problem problem("{name: vp}", mixture);
  const at::Tensor u = initial_states(problem, problem.grid({0.9, 0.1}), 4);
  const std::vector<double> times = {0.2, 0.5, 0.7, 0.95};
  for (const View view : {View::data, View::noise, View::score, View::velocity}) {
    const at::Tensor out = at::empty_like(u);
    const Evaluate op{.out = 1, .in = 0, .time_register = 0, .view = view};
    problem.field.evaluate(op, times, u, out, {0, 4});
    for (int row = 0; row < 4; ++row) {
      const at::Tensor alone = at::empty_like(u);
      problem.field.evaluate(op, std::span(&times[row], 1), u, alone, {0, 4});
      EXPECT_TRUE(out[row].equal(alone[row])) << name_of(view) << row;
    }
  }
}

TEST(tracer, a_time_in_a_register_gives_the_same_step) {
  const Problem problem("{name: vp}", mixture);
  const Grid grid = problem.grid({0.9, 0.6});
  const auto step = [&](bool in_register) {
    Builder builder(1);
    Tracer trace(builder, problem.field);
    Value u = builder.initial();
    const Time t = in_register ? Time(builder.constant(0.9)) : Time(0.9);
    const Value velocity = trace.evaluate(u, t).velocity;
    const Program program = builder.finish(trace.node(u - 0.3 * velocity, 0.6));
    return run(program, problem.field, initial_states(problem, grid, 5));
  };
  EXPECT_LE(largest(step(false) - step(true)), 1e-14);
}

TEST(tracer, a_time_in_a_register_gives_one_view) {
  const Problem problem("{name: vp}", mixture);
  Builder builder(1);
  Tracer trace(builder, problem.field);
  Value u = builder.initial();
  const Estimate e = trace.evaluate(u, builder.constant(0.5), {.view = View::score});
  EXPECT_NO_THROW(trace.store(e.score + u));
  EXPECT_TRUE(contains(usage_error([&] { trace.store(e.data); }), "gives one view only"));
}

TEST(tracer, evaluate_stores_its_input_once) {
  const Problem problem("{name: vp}", mixture);
  Builder builder(1);
  Tracer trace(builder, problem.field);
  Value u = 2.0 * builder.initial();
  trace.evaluate(u, 0.5);
  const AtomId stored = u.as_atom();
  EXPECT_NE(stored, none);
  trace.evaluate(u, 0.5);
  EXPECT_EQ(u.as_atom(), stored);
}

}  // namespace
}  // namespace strang
