#include "core/config/yaml.h"

#include <gtest/gtest.h>

#include "core/config/dump.h"
#include "core/error.h"

namespace strang::config {
namespace {

std::string message_of(const std::string& text) {
  try {
    parse_yaml(text, "run.yaml");
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Yaml, every_value_knows_its_line_and_column) {
  const Node tree = parse_yaml("a: 1\nb:\n  c: [x, y]\n", "run.yaml");
  EXPECT_EQ(tree.at_path("a")->origin().describe(), "run.yaml:1");
  EXPECT_EQ(tree.at_path("b.c.1")->origin().line, 3);
  EXPECT_EQ(tree.at_path("b.c.1")->origin().column, 10);
}

TEST(Yaml, scalars_are_typed_as_in_yaml_1_1_with_floats_without_a_point) {
  const Node tree = parse_yaml(
      "a: on\nb: 017\nc: 1_000\nd: 1:30\ne: 1e3\nf: 'y'\ng: 2020-01-01\nh: ~\ni: ???\nj: 08\n",
      "t");
  EXPECT_TRUE(tree.find("a")->boolean());
  EXPECT_EQ(tree.find("b")->integer(), 15);
  EXPECT_EQ(tree.find("c")->integer(), 1000);
  EXPECT_EQ(tree.find("d")->integer(), 90);
  EXPECT_EQ(tree.find("e")->floating(), 1000.0);
  EXPECT_EQ(tree.find("f")->text(), "y");
  EXPECT_EQ(tree.find("g")->text(), "2020-01-01");
  EXPECT_TRUE(tree.find("h")->is_null());
  EXPECT_TRUE(tree.find("i")->is_missing());
  EXPECT_EQ(tree.find("j")->text(), "08");
}

TEST(Yaml, merge_keys_come_first_and_lose_against_own_keys) {
  const Node tree = parse_yaml("x: &x {a: 1, b: 2}\ny:\n  b: 5\n  <<: *x\n", "t");
  EXPECT_EQ(dump(*tree.find("y")), "a: 1\nb: 5\n");
}

TEST(Yaml, keys_of_other_kinds_stay_what_they_are) {
  const Node tree = parse_yaml("1: a\n'1': b\ntrue: c\n", "t");
  ASSERT_EQ(tree.map().size(), 2u);  // true is 1
  EXPECT_EQ(tree.map()[0].second.text(), "c");
  EXPECT_EQ(tree.find("1")->text(), "b");
  EXPECT_EQ(fmt::format("{}", tree.map()[0].first), "1");
}

TEST(Yaml, mistakes_are_refused_with_their_place) {
  EXPECT_TRUE(has(message_of("a: 1\nb: 2\na: 3\n"), "run.yaml:3:1: repeated key 'a'"));
  EXPECT_TRUE(has(message_of("a: 1\n---\nb: 2\n"), "second document"));
  EXPECT_TRUE(has(message_of("a: 1\nsteps 18"), "run.yaml:2: no ':' behind 'steps 18'"));
  EXPECT_TRUE(has(message_of("a: 99999999999999999999\n"), "run.yaml:1:4"));
  EXPECT_TRUE(has(message_of("a:\n\tb: 1\n"), "run.yaml:2"));
  EXPECT_TRUE(has(message_of("a: !!foo 3\n"), "unknown tag"));
  EXPECT_TRUE(has(message_of("? [a]\n: 1\n"), "a key must be a scalar"));
  EXPECT_TRUE(has(message_of("a: 'x"), "run.yaml:1"));
  EXPECT_TRUE(has(message_of("a: \xFF"), "no UTF-8"));
}

TEST(Yaml, aliases_that_explode_are_refused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string old = "*a" + std::to_string(i - 1), name = "a" + std::to_string(i);
    text += name + ": &" + name + " [";
    for (int j = 0; j < 10; ++j) text.append(j > 0 ? ", " : "").append(old);
    text += "]\n";
  }
  EXPECT_TRUE(has(message_of(text), "aliases expand"));
}

TEST(Dump, text_that_looks_like_something_else_reads_back_as_text) {
  for (const std::string text : {"true",
                                 "1",
                                 "1e3",
                                 "null",
                                 "~",
                                 "",
                                 " x",
                                 "x ",
                                 "a: b",
                                 "#",
                                 "-",
                                 "- a",
                                 "line\nbreak\n\n",
                                 "\n",
                                 "tab\t",
                                 "é\u2028ü",
                                 "'",
                                 "\"",
                                 "=",
                                 "<<",
                                 "2020-01-01",
                                 "0x1F",
                                 "1:30",
                                 "\\",
                                 "a\\\n b",
                                 "\x01"}) {
    const Node node(Node::Map{{"k", Node(text)}});
    EXPECT_TRUE(parse_yaml(dump(node), "t").same_as(node)) << dump(node);
  }
}

TEST(Canonical, does_not_depend_on_the_order_of_keys_but_on_types) {
  const auto text = [](const std::string& yaml) { return canonical(parse_yaml(yaml, "t")); };
  EXPECT_EQ(text("{a: 1, b: {c: x, d: y}}"), text("{b: {d: y, c: x}, a: 1}"));
  EXPECT_NE(text("{a: 1}"), text("{a: 1.0}"));
  EXPECT_NE(text("{a: 1}"), text("{a: '1'}"));
  EXPECT_NE(text("{a: null}"), text("{a: 'null'}"));
  EXPECT_NE(text("{1: x}"), text("{'1': x}"));
}

}  // namespace
}  // namespace strang::config
