#include <gtest/gtest.h>

#include "core/config/override_parser.h"
#include "core/config/sweep.h"
#include "core/error.h"

namespace strang::config {
namespace {

std::string message_of(const std::string& line) {
  try {
    parse_override(line);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

// The column (from 1) of the caret in the last line of the message.
std::size_t caret(const std::string& line) {
  const std::string message = message_of(line);
  const std::string last = message.substr(message.rfind('\n') + 1);
  return last.find('^') == std::string::npos ? 0 : last.find('^') - 1;
}

TEST(Override, errors_point_at_the_column) {
  EXPECT_EQ(caret("steps=[1,2"), 11u);
  EXPECT_EQ(caret("name=a#b"), 7u);
  EXPECT_EQ(caret("a b=1"), 2u);
  EXPECT_EQ(caret("x='open"), 3u);
  EXPECT_EQ(caret("x=a,foo(1)"), 5u);
  EXPECT_EQ(caret("steps"), 6u);
  EXPECT_EQ(caret("é"), 1u);
  EXPECT_EQ(caret("x='é' y"), 6u);
}

TEST(Override, unknown_functions_name_the_nearest) {
  EXPECT_NE(message_of("x=choise(1,2)").find("did you mean 'choice'"), std::string::npos);
}

TEST(Override, value_text_parses_back_to_the_same_value) {
  for (const std::string value : {"1", "-2.5", "1e-05", "true", "null", "a b", "a\\,b", "'it\\'s'",
                                  "\"q\\\"\"", "[1,'a b',[x]]", "{a:1,b:{c:[2.0,null]}}", "${x}",
                                  "a\\:b", "C:\\\\x", "'\\\\'", "\\ a\\ ", "???", "nan"}) {
    const Override first = parse_override("x=" + value);
    const Override second = parse_override("x=" + first.value->text());
    EXPECT_TRUE(first.node().same_as(second.node())) << value << " -> " << first.value->text();
  }
}

TEST(Override, nesting_has_a_limit) {
  const std::string deep = "x=" + std::string(100000, '[');
  EXPECT_NE(message_of(deep).find("nested too deeply"), std::string::npos);
}

TEST(Override, a_value_has_the_line_as_its_origin) {
  EXPECT_EQ(parse_override("a.b=[1]").node().list()[0].origin().describe(), "override 'a.b=[1]'");
}

std::vector<Job> jobs(const std::vector<std::string>& lines) {
  return expand(parse_overrides(lines), {});
}

TEST(Sweep, the_last_key_varies_fastest) {
  const std::vector<Job> expected = {
      {"a=1", "b=x"}, {"a=1", "b=y"}, {"a=2", "b=x"}, {"a=2", "b=y"}};
  EXPECT_EQ(jobs({"a=1,2", "b=x,y"}), expected);
}

TEST(Sweep, float_ranges_do_not_lose_or_gain_a_value) {
  EXPECT_EQ(jobs({"t=range(0,1,0.1)"}).size(), 10u);
  EXPECT_EQ(jobs({"t=range(0,1,0.1)"})[3], Job{"t=0.3"});
  EXPECT_EQ(jobs({"t=range(1,0,-0.25)"}).size(), 4u);
}

TEST(Sweep, shuffles_depend_on_the_seed_only) {
  const auto order = [](std::uint64_t seed) {
    return expand(parse_overrides({"a=shuffle(range(0,50))"}), {}, seed);
  };
  EXPECT_EQ(order(1), order(1));
  EXPECT_NE(order(1), order(2));
  EXPECT_EQ(order(1).size(), 50u);
}

TEST(Sweep, endless_and_huge_sweeps_are_refused) {
  EXPECT_THROW(jobs({"a=range(0,inf)"}), UsageError);
  EXPECT_THROW(jobs({"a=range(0,100000)", "b=range(0,100000)"}), UsageError);
  EXPECT_THROW(jobs({"a=interval(0,1)"}), UsageError);
}

TEST(Glob, patterns_match_as_in_a_shell) {
  EXPECT_TRUE(matches_glob("v*", "vp"));
  EXPECT_TRUE(matches_glob("*a*b*", "xaybz"));
  EXPECT_TRUE(matches_glob("[a-c]?", "bx"));
  EXPECT_FALSE(matches_glob("[!a-c]?", "bx"));
  EXPECT_FALSE(matches_glob("V*", "vp"));
  EXPECT_TRUE(matches_glob("[", "["));
  EXPECT_TRUE(matches_glob("*", ""));
}

}  // namespace
}  // namespace strang::config
