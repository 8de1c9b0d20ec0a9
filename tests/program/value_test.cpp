#include "core/program/value.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/error.h"
#include "tests/files/message.h"

namespace strang {
namespace {

using test::contains, test::message_of;

const Value x(0, 1), y(1, 1), z(2, 1);
constexpr double eps = std::numeric_limits<double>::epsilon();

std::vector<AtomId> atoms(const Value& value) {
  std::vector<AtomId> ids;
  for (const Term& term : value.terms()) ids.push_back(term.atom);
  return ids;
}

double coefficient(const Value& value, AtomId atom) {
  for (const Term& term : value.terms())
    if (term.atom == atom) return term.coefficient.value();
  return 0;
}

TEST(value, is_a_linear_form) {
  const Value v = 2.0 * (x + 3.0 * y) - y / 2.0 + x * 0.5;
  EXPECT_EQ(coefficient(v, 0), 2.5);
  EXPECT_EQ(coefficient(v, 1), 5.5);
  EXPECT_EQ(coefficient(-v, 1), -5.5);
}

TEST(value, terms_are_in_the_order_of_atoms) {
  EXPECT_EQ(atoms(z + y + x), (std::vector<AtomId>{0, 1, 2}));
  EXPECT_EQ(atoms(y - (z - x)), (std::vector<AtomId>{0, 1, 2}));
}

// |sum c| <= 8 eps sum |c|.
TEST(value, terms_that_cancel_to_rounding_are_dropped) {
  EXPECT_TRUE(atoms(x - x).empty());
  EXPECT_EQ(atoms(0.1 * x + 0.2 * x - 0.3 * x + y), std::vector<AtomId>{1});
  EXPECT_TRUE(atoms(x - (1 - 15 * eps) * x).empty());    // 15 eps of 2: 7.5 eps relative
  EXPECT_EQ(atoms(x - (1 - 17 * eps) * x).size(), 1u);   // 8.5 eps
  EXPECT_EQ(atoms(1e-300 * x), std::vector<AtomId>{0});  // small is not cancelled
  EXPECT_EQ(atoms(1e20 * x - 1e20 * x + x).size(), 0u);  // lost in the cancellation
}

TEST(value, cancellation_is_seen_through_scaling_and_blocks) {
  EXPECT_TRUE(atoms(1e10 * (0.1 * x + 0.2 * x) - 0.3e10 * x).empty());
  const Value u(0, 2), v(1, 2);
  const Block m = {1, 2, 3, 4};
  EXPECT_TRUE(atoms(m * u - u - Block{0, 2, 3, 3} * u).empty());
  const Value partly = Block{1, 2, 0, 1} * u - Block{1, 0, 0, 1} * u;
  EXPECT_EQ(partly.terms().at(0).coefficient, Block({0, 2, 0, 0}));
}

TEST(value, exact_zero_costs_nothing) { EXPECT_TRUE(atoms(0.0 * x).empty()); }

TEST(value, is_an_atom_only_with_coefficient_one) {
  EXPECT_EQ(x.as_atom(), 0);
  EXPECT_EQ((2.0 * x).as_atom(), none);
  EXPECT_EQ((x + y).as_atom(), none);
  EXPECT_EQ((x + y - y).as_atom(), 0);
  EXPECT_EQ(Value().as_atom(), none);
  EXPECT_EQ(Value(3, 2).as_atom(), 3);
}

TEST(value, blocks_multiply_from_the_left) {
  const Block a = {1, 2, 3, 4}, b = {0, 1, 1, 0};
  EXPECT_EQ((a * (b * Value(0, 2))).terms().at(0).coefficient, a * b);
}

TEST(value, of_no_terms_is_zero_of_any_size) {
  Value sum;
  sum += 2.0 * x;
  EXPECT_EQ(coefficient(sum, 0), 2);
}

TEST(value, that_does_not_exist_throws_its_reason_when_used) {
  const Value absent = Value::undefined("there is no noise");
  EXPECT_FALSE(absent.is_defined());
  for (const Value& v : {absent, absent + x, x - absent, 2.0 * absent, absent / 2.0, -absent})
    EXPECT_EQ(message_of<UsageError>([&] { v.terms(); }), "there is no noise");
}

TEST(value, keeps_registers_and_free_coefficients_apart) {
  const auto with = [](RegisterId factor, FreeId free) {
    return x.map([&](Term term) {
      term.factor = factor;
      term.free = free;
      return term;
    });
  };
  const Value v = x + with(0, none) + with(none, 0) + with(none, 1) + with(0, none);
  ASSERT_EQ(v.terms().size(), 4u);
  double total = 0;
  for (const Term& term : v.terms()) total += term.coefficient.value();
  EXPECT_EQ(total, 5);
  EXPECT_EQ(with(0, none).as_atom(), none);
  EXPECT_EQ(with(none, 0).as_atom(), none);
}

}  // namespace
}  // namespace strang
