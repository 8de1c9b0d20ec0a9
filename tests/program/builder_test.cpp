// Scalars that fold, values that are stored once, loops.

#include "core/program/builder.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/program/cost.h"
#include "tests/files/message.h"
#include "tests/program/machine.h"

namespace strang {
namespace {

using namespace test;

template <class Op>
int count(const Program& program) {
  int found = 0;
  for_each_operation(program.operations,
                     [&](const Operation& op) { found += std::holds_alternative<Op>(op) ? 1 : 0; });
  return found;
}

// ---- Scalars ----

TEST(scalar, literals_fold) {
  const Scalar a = 3, b = 4;
  EXPECT_EQ((a + b).literal(), 7);
  EXPECT_EQ((a - b).literal(), -1);
  EXPECT_EQ((-a).literal(), -3);
  EXPECT_EQ((a * b).literal(), 12);
  EXPECT_EQ((a / b).literal(), 0.75);
  EXPECT_EQ(sqrt(b).literal(), 2);
  EXPECT_EQ(abs(-a).literal(), 3);
  EXPECT_EQ(square(a).literal(), 9);
  EXPECT_EQ(pow(a, b).literal(), 81);
  EXPECT_EQ(min(a, b).literal(), 3);
  EXPECT_EQ(max(a, b).literal(), 4);
  EXPECT_EQ(less(a, a).literal(), 0);
  EXPECT_EQ(less_equal(a, a).literal(), 1);
  EXPECT_EQ(select(1.0, a, b).literal(), 3);
  EXPECT_EQ(select(0.0, a, b).literal(), 4);
}

// Each function on a register gives what it gives on numbers: the state times the result is seen.
TEST(scalar, registers_compute_what_literals_fold_to) {
  using Function = Scalar (*)(const Scalar&, const Scalar&);
  const std::vector<Function> functions = {
      [](const Scalar& a, const Scalar& b) { return a + b; },
      [](const Scalar& a, const Scalar& b) { return a - b; },
      [](const Scalar& a, const Scalar&) { return -a; },
      [](const Scalar& a, const Scalar& b) { return a * b; },
      [](const Scalar& a, const Scalar& b) { return a / b; },
      [](const Scalar& a, const Scalar&) { return sqrt(a); },
      [](const Scalar& a, const Scalar& b) { return abs(b - a); },
      [](const Scalar& a, const Scalar&) { return square(a); },
      [](const Scalar& a, const Scalar& b) { return pow(a, b); },
      [](const Scalar& a, const Scalar& b) { return min(a, b); },
      [](const Scalar& a, const Scalar& b) { return max(a, b); },
      [](const Scalar& a, const Scalar& b) { return less(a, b); },
      [](const Scalar& a, const Scalar& b) { return less_equal(b, a); },
      [](const Scalar& a, const Scalar& b) { return select(less(b, a), a, b); }};
  const at::Tensor u = start(4, 1, 3);
  for (std::size_t i = 0; i < functions.size(); ++i)
    for (const auto& [x, y] : {std::pair{2.5, 1.25}, {0.5, 0.5}, {0.3, 7.0}}) {
      const double expected = functions[i](x, y).literal();
      for (const int which :
           {0, 1, 2}) {  // register and literal, literal and register, two registers
        Builder b(1);
        const Scalar p = which == 1 ? Scalar(x) : b.constant(x),
                     q = which == 0 ? Scalar(y) : b.constant(y);
        const Program program = b.finish(functions[i](p, q) * b.initial());
        EXPECT_TRUE(execute(program, u).final.equal(expected * u)) << i << " " << which;
      }
    }
}

TEST(scalar, a_literal_factor_costs_no_register) {
  Builder b(1);
  const Value v = Scalar(2.0) * b.initial();
  EXPECT_EQ(v.terms().at(0).factor, none);
  EXPECT_EQ(v.terms().at(0).coefficient, Block(2));
  EXPECT_EQ(b.finish(v).registers, 0);
}

TEST(scalar, factors_of_factors_multiply) {
  Builder b(1);
  const Scalar p = b.constant(3), q = b.constant(0.5);
  const Program program = b.finish(p * (q * b.initial()));
  const at::Tensor u = start(4, 1, 3);
  EXPECT_TRUE(execute(program, u).final.equal(1.5 * u));
}

// ---- Storing ----

TEST(builder, an_atom_is_not_copied) {
  Builder b(1);
  EXPECT_EQ(b.materialise(b.initial()), 0);
  EXPECT_TRUE(b.finish(b.initial()).operations.empty());
}

TEST(builder, a_form_is_one_combine) {
  Builder b(1);
  const Value e = b.evaluate(0, 0.5, none, Part::all, View::output);
  const Program program = b.finish(2.0 * b.initial() - e);
  EXPECT_EQ(count<Combine>(program), 1);
  EXPECT_EQ(program.result, 2);
}

TEST(builder, zero_can_be_stored) {
  Builder b(1);
  const Program program = b.finish(b.initial() - b.initial());
  EXPECT_TRUE(execute(program, start(4, 1, 3)).final.eq(0).all().item<bool>());
}

TEST(builder, select_of_a_literal_takes_a_side) {
  Builder b(1);
  const Value u = b.initial(), v = 2.0 * u;
  EXPECT_EQ(b.select(1.0, u, v).as_atom(), 0);
  EXPECT_EQ(b.select(0.0, u, v).terms().at(0).coefficient, Block(2));
  EXPECT_TRUE(b.finish(u).operations.empty());
}

TEST(builder, spliced_programs_keep_their_results) {
  const auto make = [](Builder& b, const Value& u) {
    const Value e = b.evaluate(b.materialise(u), 0.5, none, Part::all, View::output);
    const Scalar norm = b.reduce({.kind = Reduce::Kind::norm, .a = e.as_atom()});
    const Value filtered = b.filter({LinearOperator::Kind::mask, {3}, {1, 0, 2}}, e);
    const Value free = u.map([&](Term term) {
      term.free = b.free();
      return term;
    });
    return norm * filtered + free;
  };
  Builder inner(1);
  Program program = inner.finish(make(inner, inner.initial()));
  program.free[0] = 0.25;

  Builder twice(1);
  const Value once = twice.splice(program, twice.initial());
  const Program spliced = twice.finish(twice.splice(program, 0.5 * once));
  EXPECT_EQ(spliced.operators.size(), 2u);
  EXPECT_EQ(spliced.free, (std::vector<double>{0.25, 0.25}));

  const at::Tensor u = start(4, 1, 3);
  const at::Tensor half = 0.5 * execute(program, u).final;
  EXPECT_TRUE(execute(spliced, u).final.equal(execute(program, half).final));
  EXPECT_THROW(Builder(2).splice(program, Value(0, 2)), Error);
}

// ---- Loops ----

// u <- u / 2 while a counter of each row is positive.
Program halving(const std::function<Scalar(Builder&)>& counter, int limit = 100) {
  Builder b(1);
  const Scalar passes = counter(b);
  b.begin_loop();
  const Value u = b.carry(b.initial());
  const Scalar left = b.carry(passes);
  const Scalar active = less(0.5, left);
  b.set_next(u, b.select(active, 0.5 * u, u));
  const Scalar then = left - 1;
  b.set_next(left, then);
  b.end_loop(less(0.5, then), active, limit);
  b.node(1, 0.0, u.as_atom());
  return b.finish(u);
}

TEST(loops, repeat_until_no_row_is_active) {
  const at::Tensor u = start(4, 1, 3);
  const Program program = halving([](Builder& b) { return b.constant(3); });
  EXPECT_TRUE(execute(program, u).final.equal(u / 8));
}

TEST(loops, rows_stop_on_their_own) {
  // As many passes as the row's first element says.
  const at::Tensor u = at::tensor({1.0, 4.0, 2.0, 3.0}, at::kDouble).view({4, 1, 1});
  const Program program =
      halving([](Builder& b) { return b.reduce({.kind = Reduce::Kind::norm, .a = 0}); });
  const at::Tensor expected = u / at::pow(2.0, u);
  EXPECT_TRUE(execute(program, u).final.equal(expected));
}

TEST(loops, next_values_are_taken_together) {
  // (a, b, x, y) <- (b, a, y, x): two atoms and two registers change places in each pass.
  Builder b(1);
  b.begin_loop();
  const Value first = b.carry(b.initial()), second = b.carry(2.0 * b.initial());
  const Scalar x = b.carry(Scalar(3.0)), y = b.carry(Scalar(5.0)), left = b.carry(Scalar(3.0));
  b.set_next(first, second);
  b.set_next(second, first);
  b.set_next(x, y);
  b.set_next(y, x);
  const Scalar then = left - 1;
  b.set_next(left, then);
  b.end_loop(less(0.5, then), less(0.5, then), 10);
  const Program program = b.finish(x * first + 100.0 * (y * second));
  const at::Tensor u = start(4, 1, 3);
  EXPECT_TRUE(execute(program, u).final.equal(10.0 * u + 300.0 * u));
}

TEST(loops, what_is_carried_needs_a_next_value) {
  Builder b(1);
  b.begin_loop();
  b.carry(b.initial());
  const Scalar left = b.carry(Scalar(3.0));
  const Scalar then = left - 1;
  b.set_next(left, then);
  EXPECT_TRUE(contains(message_of<Error>([&] { b.end_loop(then, then, 10); }),
                       "carries atom 1 without a next value"));
}

TEST(loops, what_the_body_makes_is_not_read_outside) {
  Builder b(1);
  b.begin_loop();
  const Value u = b.carry(b.initial());
  const Scalar left = b.carry(Scalar(3.0));
  const Value inside(b.materialise(0.5 * u), 1);
  b.set_next(u, inside);
  const Scalar then = left - 1;
  b.set_next(left, then);
  b.end_loop(less(0.5, then), then, 10);
  EXPECT_TRUE(contains(message_of<Error>([&] { b.finish(inside + u); }), "or outside its loop"));
}

TEST(loops, open_loops_are_not_finished) {
  Builder b(1);
  b.begin_loop();
  EXPECT_THROW(b.finish(b.initial()), Error);
}

TEST(loops, count_once_in_the_cost) {
  Builder b(1);
  b.begin_loop();
  const Value u = b.carry(b.initial());
  const Scalar left = b.carry(Scalar(3.0));
  b.set_next(u, 0.5 * b.evaluate(u.as_atom(), 0, none, Part::all, View::output));
  const Scalar then = left - 1;
  b.set_next(left, then);
  b.end_loop(less(0.5, then), less(0.5, then), 10);
  const Cost cost = count_cost(b.finish(u));
  EXPECT_TRUE(cost.adaptive);
  EXPECT_EQ(cost.evaluations, 1);
  EXPECT_EQ(cost.passes, 1);
}

}  // namespace
}  // namespace strang
