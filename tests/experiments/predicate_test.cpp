#include "experiments/sweep/predicate.h"

#include <gtest/gtest.h>

#include "core/config/yaml.h"
#include "core/error.h"
#include "tests/files/message.h"

namespace strang {
namespace {

using config::parse_yaml;
using test::contains;

bool holds(const std::string& text) {
  return Predicate(text).holds(
      parse_yaml(
          "steps: 8\nname: a b\neta: 0.5\ncheck: true\nmodel: {rank: 2, kind: x}\nnone: null",
          "test.yaml"),
      parse_yaml("integrator: heun\nmodel: ring", "test.yaml"));
}

TEST(predicate, compares_by_value_and_binds_not_and_or) {
  for (const char* text : {"steps == 8",
                           "steps == 8.0",
                           "steps != 9",
                           "steps < 9 and steps > 7",
                           "steps <= 8",
                           "integrator == heun",
                           "model == ring",
                           "model.rank >= 2",
                           "name == 'a b'",
                           "check",
                           "not steps == 9",
                           "steps == 9 or steps == 8 and check",
                           "steps in [4, 8, 16]",
                           "integrator not in [ddim, 'euler']",
                           "eta == 5e-1",
                           "(steps == 9 or check) and eta < 1",
                           "none == null",
                           "model.rank < ${steps}",
                           "not (steps == 8 and not check)",
                           "name < 'b'",
                           "integrator=='heun'"})
    EXPECT_TRUE(holds(text)) << text;
  for (const char* text :
       {"steps == 9", "steps == '8'", "not check", "steps == 8 and steps == 9",
        "not steps == 8 or steps == 9", "integrator in [ddim]", "check == false", "eta > 0.5"})
    EXPECT_FALSE(holds(text)) << text;
}

TEST(predicate, mistakes_point_at_their_place) {
  const auto message = [](const std::string& text) {
    return test::message_of<UsageError>([&] { holds(text); });
  };
  EXPECT_TRUE(contains(message("steps = 8"), "  steps = 8\n        ^"));
  EXPECT_TRUE(contains(message("steps == 8 and"), "expected a key"));
  EXPECT_TRUE(contains(message("(steps == 8"), "expected ')'"));
  EXPECT_TRUE(contains(message("steps == 8 check"), "expected 'and', 'or' or the end"));
  EXPECT_TRUE(contains(message("name == 'a"), "quote is not closed"));
  EXPECT_TRUE(contains(message("stepz == 8"), "no key 'stepz' (did you mean 'steps'?)"));
  EXPECT_TRUE(contains(message("model.rnk == 8"), "'model.rank'"));
  EXPECT_TRUE(contains(message("steps < ring"), "a int and a str have no order"));
  EXPECT_TRUE(contains(message("steps"), "must be true or false"));
  EXPECT_TRUE(contains(message(std::string(300, '(')), "nested too deeply"));
}

}  // namespace
}  // namespace strang
