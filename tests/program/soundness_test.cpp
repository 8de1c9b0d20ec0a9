#include "core/program/soundness.h"

#include <gtest/gtest.h>

#include <functional>

#include "core/error.h"
#include "core/program/builder.h"
#include "tests/files/message.h"

namespace strang {
namespace {

using test::contains, test::message_of;

// u1 = evaluate(u0), r0 = |u1|, u2 = select(r0, u1, u0), u3 = z, node u2, u4 = u2 + r0 u3.
Program sound() {
  Builder b(1);
  const Value e = b.evaluate(0, 0.5, none, Part::all, View::output);
  const Scalar norm = b.reduce({.kind = Reduce::Kind::norm, .a = 1});
  const Value chosen = b.select(norm, e, b.initial());
  const Value z = b.noise(1, 0.5, 0, 0, Domain::process);
  b.node(1, 0.5, chosen.as_atom());
  return b.finish(chosen + norm * z);
}

template <class Op>
Op& only(Program& program) {
  for (Operation& operation : program.operations)
    if (Op* op = std::get_if<Op>(&operation)) return *op;
  throw Error("there is no such operation");
}

struct Damage {
  const char* name;
  std::function<void(Program&)> make;
};
class Damages : public testing::TestWithParam<Damage> {};

TEST_P(Damages, are_found) {
  Program program = sound();
  EXPECT_NO_THROW(require_sound(program, "here"));
  GetParam().make(program);
  EXPECT_TRUE(contains(message_of<UsageError>([&] { require_sound(program, "here"); }), "here: "));
}

INSTANTIATE_TEST_SUITE_P(
    all, Damages,
    testing::Values(
        Damage{"node_of_no_atom", [](Program& p) { only<Node>(p).state = none; }},
        Damage{"node_of_a_later_atom", [](Program& p) { only<Node>(p).state = 4; }},
        Damage{"node_beyond_the_atoms", [](Program& p) { only<Node>(p).state = 1000; }},
        Damage{"evaluation_of_itself", [](Program& p) { only<Evaluate>(p).in = 1; }},
        Damage{"evaluation_at_an_unwritten_time",
               [](Program& p) { only<Evaluate>(p).time_register = 0; }},
        Damage{"atom_written_twice", [](Program& p) { only<Noise>(p).out = 1; }},
        Damage{"initial_state_written", [](Program& p) { only<Noise>(p).out = 0; }},
        Damage{"nothing_written", [](Program& p) { only<Noise>(p).out = none; }},
        Damage{"select_without_a_mask", [](Program& p) { only<Select>(p).mask = none; }},
        Damage{"select_without_a_side", [](Program& p) { only<Select>(p).b = none; }},
        Damage{"dot_of_one", [](Program& p) { only<Reduce>(p).kind = Reduce::Kind::dot; }},
        Damage{"register_written_nowhere", [](Program& p) { only<Reduce>(p).out = 1; }},
        Damage{"term_of_no_atom", [](Program& p) { only<Combine>(p).terms.at(0).atom = none; }},
        Damage{"term_of_its_own_result", [](Program& p) { only<Combine>(p).terms.at(0).atom = 4; }},
        Damage{"factor_beyond_the_registers",
               [](Program& p) { only<Combine>(p).terms.at(1).factor = 7; }},
        Damage{"result_unwritten", [](Program& p) { p.result = 5; }}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace strang
