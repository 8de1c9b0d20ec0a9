#include "core/program/executor.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/program/builder.h"
#include "tests/files/message.h"
#include "tests/program/machine.h"

namespace strang {
namespace {

using namespace test;

Value evaluate(Builder& b, const Value& u, Part part = Part::all) {
  return b.evaluate(b.materialise(u), 0.5, none, part, View::output);
}

// ---- Numerical failure ----

// Squares the state at each of three nodes: a row that begins at 1e100 overflows at the second.
Program squaring() {
  Builder b(1);
  Value u = b.initial();
  b.node(0, 1.0, 0);
  for (const int i : {1, 2, 3}) {
    const Scalar norm = b.reduce({.kind = Reduce::Kind::norm, .a = u.as_atom()});
    u = Value(b.materialise(norm * u), 1);
    b.node(i, 1.0 - 0.25 * i, u.as_atom());
  }
  return b.finish(u);
}

TEST(executor, a_state_that_is_not_finite_names_samples_node_and_time) {
  at::Tensor u = at::full({8, 1, 1}, 0.5, at::kDouble);
  u[2][0][0] = u[5][0][0] = 1e100;
  EXPECT_EQ(message_of<Error>([&] { execute(squaring(), u); }),
            "non-finite state after node 1 (t = 0.75) in samples 2, 5");
}

TEST(executor, few_of_many_samples_are_named) {
  const at::Tensor u = at::full({9, 1, 1}, 1e200, at::kDouble);
  EXPECT_EQ(message_of<Error>([&] { execute(squaring(), u); }),
            "non-finite state after node 0 (t = 1) in samples 0, 1, 2, 3, 4 and 4 more");
}

TEST(executor, padding_rows_may_overflow) {
  at::Tensor u = at::full({4, 1, 1}, 0.5, at::kDouble);
  u[3][0][0] = 1e200;
  EXPECT_NO_THROW(execute(squaring(), u, 3));
  EXPECT_THROW(execute(squaring(), u, 4), Error);
}

TEST(executor, the_initial_state_must_be_finite) {
  at::Tensor u = start(4, 1, 2);
  u[1][0][1] = std::nan("");
  EXPECT_EQ(message_of<Error>([&] { execute(squaring(), u); }),
            "non-finite state after the start in sample 1");
}

TEST(executor, float_states_overflow_at_the_range_of_float) {
  const at::Tensor u = at::full({4, 1, 1}, 1e30, at::kFloat);
  EXPECT_TRUE(contains(message_of<Error>([&] { execute(squaring(), u); }), "node 0"));
}

// A field that fails in one row.
class Broken final : public Evaluator {
 public:
  at::ScalarType output_type(const Evaluate&, at::ScalarType state) const override { return state; }
  void evaluate(const Evaluate&, std::span<const double>, const at::Tensor& in,
                const at::Tensor& out, Rows) const override {
    out.copy_(in);
    out[1].fill_(std::nan(""));
  }
};

TEST(executor, an_evaluation_that_becomes_the_state_is_checked_too) {
  Builder b(1);
  b.node(0, 1.0, 0);
  const Value e = evaluate(b, b.initial());
  b.node(1, 0.0, e.as_atom());  // as the last step of DDIM, where the data prediction is the state
  const Program program = b.finish(e);
  const Broken field;
  const ZeroNoise noise;
  Executor executor(program, field, noise, {4, at::kDouble, {2}, 0});
  Recorder recorder;
  const auto initial = [](const at::Tensor& out, Rows) { out.fill_(1); };
  EXPECT_EQ(message_of<Error>([&] { executor.run(0, 4, initial, recorder); }),
            "non-finite state after node 0 (t = 1) in sample 1");
  EXPECT_EQ(recorder.nodes.size(), 1u) << "what the observer saw until then is valid";
  EXPECT_NO_THROW(executor.run(0, 1, initial, recorder)) << "row 1 is padding";
}

TEST(executor, endless_loops_fail_with_the_samples_that_go_on) {
  Builder b(1);
  b.node(0, 2.0, 0);
  b.begin_loop();
  const Value u = b.carry(b.initial());
  b.set_next(u, u);
  const Scalar norm = b.reduce({.kind = Reduce::Kind::norm, .a = u.as_atom()});
  const Scalar active = less(1.0, norm);
  b.end_loop(active, active, 7);
  const Program program = b.finish(u);
  const at::Tensor state = at::tensor({0.5, 3.0, 0.1, 4.0}, at::kDouble).view({4, 1, 1});
  EXPECT_EQ(message_of<Error>([&] { execute(program, state); }),
            "more than 7 attempts after node 0 (t = 2) for samples 1, 3");
  EXPECT_NO_THROW(execute(program, state.narrow(0, 0, 1).expand({4, 1, 1}).contiguous()));
}

// ---- Element types ----

// A float32 evaluation under a float64 state, wherever a state may stand.
TEST(executor, evaluations_of_another_type_are_states_of_the_run) {
  const at::Tensor u = start(4, 1, 3);
  const at::Tensor rounded = (u / (1 + u.abs()) + 0.5).to(at::kFloat).to(at::kDouble);
  {
    Builder b(1);
    const Value e = evaluate(b, b.initial(), Part::guidance);
    b.node(1, 0.0, e.as_atom());
    const Program program = b.finish(e);
    const Recorder seen = execute(program, u);
    EXPECT_TRUE(seen.final.equal(rounded));
    EXPECT_TRUE(seen.nodes.at(0).state.equal(rounded));
  }
  {
    Builder b(1);
    const Value e = evaluate(b, b.initial(), Part::guidance);
    const Scalar norm = b.reduce({.kind = Reduce::Kind::norm, .a = 0});
    const Program program = b.finish(b.select(less(1.2, norm), e, b.initial()));
    const at::Tensor mask = u.square().sum({1, 2}, true).sqrt() > 1.2;
    EXPECT_TRUE(mask.any().item<bool>() && !mask.all().item<bool>());
    EXPECT_TRUE(execute(program, u).final.equal(at::where(mask, rounded, u)));
  }
  {
    Builder b(1);
    const Value e = evaluate(b, evaluate(b, b.initial(), Part::guidance));
    const Program program = b.finish(e);
    EXPECT_TRUE(execute(program, u).final.equal(rounded / (1 + rounded.abs()) + 0.5));
  }
}

// ---- What the observer sees ----

TEST(executor, records_are_formed_for_followed_samples_alone) {
  Builder b(1);
  b.record("twice", 3, 0.5, 2.0 * b.initial());
  const Program program = b.finish(b.initial());
  const Squash field;
  const ZeroNoise noise;
  Executor executor(program, field, noise, {4, at::kDouble, {2}, 6});
  const at::Tensor u = start(4, 1, 2);
  Recorder recorder;
  for (const int j : {0, 1, 2})
    executor.run(
        j, 11, [&](const at::Tensor& out, Rows) { out.copy_(u); }, recorder);
  ASSERT_EQ(recorder.records.size(), 2u);
  EXPECT_EQ(recorder.names[0], "twice");
  EXPECT_TRUE(recorder.records[0].equal(2 * u));
  EXPECT_TRUE(recorder.records[1].equal(2 * u.narrow(0, 0, 2)));
  EXPECT_EQ(recorder.followed[1].first, 4);
  EXPECT_EQ(recorder.followed[1].valid, 2);
}

TEST(executor, micro_batches_are_fixed_ranges_of_samples) {
  Builder b(1);
  const Program program = b.finish(b.initial());
  const Squash field;
  const ZeroNoise noise;
  Executor executor(program, field, noise, {4, at::kDouble, {2}, 0});
  Recorder recorder;
  std::vector<Rows> asked;
  const auto initial = [&](const at::Tensor& out, Rows rows) {
    asked.push_back(rows);
    out.fill_(0);
  };
  executor.run(2, 10, initial, recorder);
  executor.run(0, 10, initial, recorder);
  EXPECT_EQ(asked[0].first, 8);
  EXPECT_EQ(asked[0].valid, 2);
  EXPECT_EQ(asked[1].first, 0);
  EXPECT_EQ(asked[1].valid, 4);
  EXPECT_EQ(recorder.final.size(0), 4) << "padding included";
}

// ---- Inputs and counters ----

TEST(executor, inputs_come_by_name) {
  Builder b(1);
  const Program program = b.finish(b.initial() + b.input("known"));
  const at::Tensor u = start(4, 1, 3);
  const Recorder seen =
      execute(program, u, 0, [](const std::string& name, const at::Tensor& out, Rows) {
        out.fill_(name == "known" ? 2 : 0);
      });
  EXPECT_TRUE(seen.final.equal(u + 2));
  EXPECT_EQ(message_of<Error>([&] { execute(program, u); }),
            "the program reads 'known', but the run has no such data");
}

TEST(executor, attempts_and_evaluations_are_counted_for_active_samples) {
  // Row i makes as many passes as its first element says; passes of even number are accepted.
  Builder b(1);
  const Scalar passes = b.reduce({.kind = Reduce::Kind::norm, .a = 0});
  b.begin_loop();
  const Value u = b.carry(b.initial());
  const Scalar left = b.carry(passes);
  const Value e = evaluate(b, u);
  b.set_next(u, u + 0.0 * e);
  const Scalar then = left - 1;
  b.set_next(left, then);
  b.end_loop(less(0.5, then), less(left, 2.5), 10);
  const Program program = b.finish(u);
  const Squash field;
  const ZeroNoise noise;
  Executor executor(program, field, noise, {4, at::kDouble, {1}, 0});
  Recorder recorder;
  const at::Tensor state = at::tensor({1.0, 4.0, 2.0, 9.0}, at::kDouble).view({4, 1, 1});
  executor.run(
      0, 3, [&](const at::Tensor& out, Rows) { out.copy_(state); }, recorder);
  EXPECT_EQ(executor.counters().evaluations, 1 + 4 + 2);
  EXPECT_EQ(executor.counters().accepted, 1 + 2 + 2);
  EXPECT_EQ(executor.counters().rejected, 2);
}

// Row i makes as many outer passes as its first element says, each with two inner ones.
TEST(executor, inner_loops_count_samples_that_are_active_outside) {
  Builder b(1);
  const Scalar passes = b.reduce({.kind = Reduce::Kind::norm, .a = 0});
  b.begin_loop();
  const Value u = b.carry(b.initial());
  const Scalar left = b.carry(passes);
  b.begin_loop();
  const Value v = b.carry(u);
  const Scalar inner = b.carry(Scalar(2.0));
  b.set_next(v, v + 0.0 * evaluate(b, v));
  const Scalar rest = inner - 1;
  b.set_next(inner, rest);
  b.end_loop(less(0.5, rest), less(0.0, inner), 10);
  b.set_next(u, v);
  const Scalar then = left - 1;
  b.set_next(left, then);
  b.end_loop(less(0.5, then), less(0.0, left), 10);
  const Program program = b.finish(u);
  const Squash field;
  const ZeroNoise noise;
  Executor executor(program, field, noise, {4, at::kDouble, {1}, 0});
  Recorder recorder;
  const at::Tensor state = at::tensor({1.0, 4.0, 2.0, 9.0}, at::kDouble).view({4, 1, 1});
  executor.run(
      0, 3, [&](const at::Tensor& out, Rows) { out.copy_(state); }, recorder);
  EXPECT_EQ(executor.counters().evaluations, 2 * (1 + 4 + 2));
  EXPECT_EQ(executor.counters().accepted, (1 + 2) * (1 + 4 + 2));
}

TEST(executor, states_are_float32_or_float64) {
  Builder b(1);
  const Program program = b.finish(2.0 * b.initial());
  EXPECT_TRUE(contains(message_of<Error>([&] { execute(program, start(4, 1, 2).to(at::kHalf)); }),
                       "states are float32 or float64"));
}

}  // namespace
}  // namespace strang
