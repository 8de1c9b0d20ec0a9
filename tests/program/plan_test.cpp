// Atoms share buffers without disturbing each other. Random programs, run with planned buffers and
// with memory of its own for every atom, give the same bits.

#include "core/program/plan.h"

#include <gtest/gtest.h>

#include <random>

#include "core/error.h"
#include "core/program/builder.h"
#include "core/program/cost.h"
#include "core/program/listing.h"
#include "tests/program/naive.h"

namespace strang {
namespace {

using namespace test;

class RandomProgram {
 public:
  RandomProgram(std::uint64_t seed, int slots) : random_(seed), builder_(slots) {
    values_.push_back(builder_.initial());
    scalars_.push_back(builder_.constant(0.3));
  }

  Program make() {
    operations(25, 0);
    return builder_.finish(any());
  }

 private:
  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
  double number() { return 0.001 * (below(1001) - 500); }
  Value any() { return values_[below(std::ssize(values_))]; }
  Value recent() { return values_[std::max<int>(0, std::ssize(values_) - 1 - below(3))]; }
  Scalar scalar() { return scalars_[below(std::ssize(scalars_))]; }

  Block block() {
    Block b = Block::zero(builder_.slots());
    for (int r = 0; r < b.slots(); ++r)
      for (int c = 0; c < b.slots(); ++c) b(r, c) = below(4) == 0 ? 0 : number();
    return b;
  }

  Value form() {
    Value sum = block() * recent();
    for (int i = below(4); i > 0; --i) sum += block() * (below(2) == 0 ? any() : recent());
    if (below(4) == 0) sum += bounded(scalar()) * (number() * any());
    return sum;
  }
  // Keeps random programs finite.
  Scalar bounded(const Scalar& s) { return max(-1.0, min(1.0, s)); }

  Value stored(const Value& value) { return {builder_.materialise(value), builder_.slots()}; }

  void operations(int count, int depth) {
    for (int i = 0; i < count; ++i) operation(depth);
  }

  void operation(int depth) {
    switch (below(11)) {
      case 0:
      case 1:
      case 2:
        values_.push_back(stored(form()));
        break;
      case 3:
      case 4: {
        const bool in_register = below(3) == 0;
        const Part part = below(3) == 0 ? Part::guidance : Part::all;
        const AtomId in = builder_.materialise(recent());
        values_.push_back(builder_.evaluate(in, number(), in_register ? scalar().id() : none, part,
                                            View::output));
        break;
      }
      case 5:
        values_.push_back(builder_.noise(number(), number(), 0, below(2), Domain::process));
        break;
      case 6:
        values_.push_back(builder_.filter(mask(), recent()));
        break;
      case 7:
        values_.push_back(builder_.select(less(scalar(), 0.2), recent(), any()));
        break;
      case 8: {
        const Value a = stored(recent()), b = stored(any());
        scalars_.push_back(
            bounded(builder_.reduce({.kind = below(2) == 0 ? Reduce::Kind::norm : Reduce::Kind::dot,
                                     .a = a.as_atom(),
                                     .b = b.as_atom()}) -
                    0.5));
        break;
      }
      case 9:
        builder_.node(below(9), number(), builder_.materialise(recent()));
        break;
      default:
        if (depth < 2) loop(depth + 1);
    }
  }

  void loop(int depth) {
    std::vector<Value> initial, carried;  // made before the loop begins
    for (int i = 1 + below(3); i > 0; --i) initial.push_back(below(2) == 0 ? recent() : form());
    builder_.begin_loop();
    for (const Value& value : initial) carried.push_back(builder_.carry(value));
    const Scalar count = builder_.carry(Scalar(1.0 + below(3)));
    const Scalar number_of_rows = builder_.carry(scalar());
    const std::size_t values = values_.size(), scalars = scalars_.size();
    for (const Value& v : carried) values_.push_back(v);
    scalars_.push_back(number_of_rows);
    operations(6, depth);
    // Next values may be made in the body, come from outside, or be other carried ones.
    for (const Value& v : carried)
      builder_.set_next(v, below(3) == 0 ? carried[below(std::ssize(carried))] : recent());
    const Scalar left = count - 1.0;
    builder_.set_next(count, left);
    builder_.set_next(number_of_rows, below(2) == 0 ? scalar() : bounded(number_of_rows * 0.5));
    const Scalar active = less(0.0, left);
    builder_.end_loop(active, active, 10);
    values_.resize(values);  // what the body made is not visible outside
    scalars_.erase(scalars_.begin() + static_cast<std::ptrdiff_t>(scalars), scalars_.end());
    for (const Value& v : carried) values_.push_back(v);
    scalars_.push_back(number_of_rows);
  }

  LinearOperator mask() {
    return {LinearOperator::Kind::mask, {5}, {number(), 1, 0, number(), 0.5}};
  }

  std::mt19937_64 random_;
  Builder builder_;
  std::vector<Value> values_;
  std::vector<Scalar> scalars_;
};

struct Fuzz {
  int slots;
  at::ScalarType type;
};
class RandomPrograms : public testing::TestWithParam<Fuzz> {};

TEST_P(RandomPrograms, give_the_bits_of_separate_memory) {
  const auto [slots, type] = GetParam();
  int buffers = 0, atoms = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const Program program = RandomProgram(seed, slots).make();
    const at::Tensor u = start(4, slots, 5, type);
    const Recorder planned = execute(program, u), naive = Naive(program, u).run();
    const auto explain = [&] {
      return fmt::format("seed {}\n{}", seed, fmt::join(list_operations(program), "\n"));
    };
    ASSERT_TRUE(planned.final.equal(naive.final)) << explain();
    ASSERT_EQ(planned.final.scalar_type(), type);
    ASSERT_EQ(planned.nodes.size(), naive.nodes.size());
    for (std::size_t i = 0; i < planned.nodes.size(); ++i)
      ASSERT_TRUE(planned.nodes[i].state.equal(naive.nodes[i].state)) << "node " << i << explain();
    buffers += count_cost(program).buffers;
    atoms += program.atoms;
  }
  EXPECT_LT(buffers, atoms / 2) << "buffers are reused";
}

INSTANTIATE_TEST_SUITE_P(all, RandomPrograms,
                         testing::Values(Fuzz{1, at::kDouble}, Fuzz{1, at::kFloat},
                                         Fuzz{2, at::kDouble}, Fuzz{2, at::kFloat}),
                         [](const auto& info) {
                           return fmt::format(
                               "{}_slots_{}", info.param.slots,
                               info.param.type == at::kFloat ? "float32" : "float64");
                         });

// ---- Small programs by hand ----

int buffers_of(const Program& program) { return count_cost(program).buffers; }

TEST(plan, a_chain_needs_one_buffer) {
  Builder b(1);
  Value u = b.initial();
  for (int i = 0; i < 5; ++i) u = Value(b.materialise(0.5 * u), 1);
  EXPECT_EQ(buffers_of(b.finish(u)), 1);
}

TEST(plan, an_evaluation_is_never_written_over_its_input) {
  Builder b(1);
  Value u = b.initial();
  for (int i = 0; i < 4; ++i) u = b.evaluate(b.materialise(u), 0, none, Part::all, View::output);
  EXPECT_EQ(buffers_of(b.finish(u)), 2);
}

TEST(plan, what_is_read_later_keeps_its_buffer) {
  Builder b(1);
  const Value u = b.initial();
  Value v = u;
  for (int i = 0; i < 4; ++i) v = Value(b.materialise(0.5 * v + u), 1);
  EXPECT_EQ(buffers_of(b.finish(v + u)), 2);
}

TEST(plan, types_do_not_share_buffers) {
  Builder b(1);
  Value u = b.initial();
  for (int i = 0; i < 3; ++i) {
    const Value e = b.evaluate(u.as_atom(), 0, none, Part::guidance, View::output);
    u = Value(b.materialise(0.5 * u + e), 1);
  }
  const Program program = b.finish(u);
  const Plan plan = plan_buffers(program, at::kDouble, [](const Evaluate&) { return at::kFloat; });
  EXPECT_EQ(plan.buffers(), 2);
  EXPECT_EQ(plan.types, (std::vector<at::ScalarType>{at::kDouble, at::kFloat}));
}

}  // namespace
}  // namespace strang
