#include "core/config/interpolation.h"

#include <gtest/gtest.h>

#include "core/config/dump.h"
#include "core/config/yaml.h"
#include "core/error.h"

namespace strang::config {
namespace {

std::string resolved(const std::string& yaml, const Surroundings& surroundings = {}) {
  Node tree = parse_yaml(yaml, "t.yaml");
  resolve(tree, surroundings);
  return dump(tree);
}

std::string message_of(const std::string& yaml) {
  try {
    resolved(yaml);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Interpolation, one_reference_keeps_the_type_and_others_make_text) {
  EXPECT_EQ(resolved("a: 1.0\nb: ${a}\nc: x${a}\nd: ${e}\ne: {f: 2}\n"),
            "a: 1.0\nb: 1.0\nc: x1.0\nd:\n  f: 2\ne:\n  f: 2\n");
}

TEST(Interpolation, dots_climb_and_brackets_index) {
  EXPECT_EQ(
      resolved("a:\n  b:\n    c: ${..d}\n    e: ${.c}\n  d: 7\nl:\n- 1\n- ${.0}\nm: ${l[1]}\n"),
      "a:\n  b:\n    c: 7\n    e: 7\n  d: 7\nl:\n- 1\n- 1\nm: 1\n");
}

TEST(Interpolation, an_escaped_one_is_text) {
  EXPECT_EQ(resolved("a: 1\nb: \\${a}\nc: \\\\${a}\n"), "a: 1\nb: ${a}\nc: \\1\n");
}

TEST(Interpolation, the_environment_and_the_clock_are_arguments) {
  Surroundings surroundings;
  surroundings.environment = [](const std::string& name) -> std::optional<std::string> {
    return name == "HOME" ? std::optional<std::string>("/h") : std::nullopt;
  };
  surroundings.now.tm_year = 124;
  surroundings.now.tm_mday = 9;
  EXPECT_EQ(resolved("a: ${oc.env:HOME}/x\nb: ${oc.env:NO,3}\nc: ${now:%Y-%d}\n", surroundings),
            "a: /h/x\nb: '3'\nc: 2024-09\n");
  EXPECT_NE(message_of("a: ${oc.env:HOME}\n").find("'HOME' is not set"), std::string::npos);
}

TEST(Interpolation, messages_name_the_place_the_key_and_the_nearest) {
  const std::string message = message_of("model:\n  width: 1\nx: ${model.widht}\n");
  for (const std::string part : {"t.yaml:3", "'x' is '${model.widht}'", "did you mean 'width'"})
    EXPECT_NE(message.find(part), std::string::npos) << message;
}

TEST(Interpolation, circles_and_missing_values_are_errors) {
  EXPECT_NE(message_of("a: ${b}\nb: ${a}\n").find("circle"), std::string::npos);
  EXPECT_NE(message_of("a:\n  b: ${a}\n").find("circle"), std::string::npos);
  EXPECT_NE(message_of("a: ???\nb: ${a}\n").find("no value yet"), std::string::npos);
}

TEST(Interpolation, a_deprecated_key_warns) {
  std::vector<std::string> warnings;
  Surroundings surroundings;
  surroundings.warnings = &warnings;
  EXPECT_EQ(resolved("new: 1\nold: ${oc.deprecated:new}\n", surroundings), "new: 1\nold: 1\n");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("'old' is deprecated, use 'new'"), std::string::npos);
}

TEST(Interpolation, a_resolved_text_is_not_resolved_again) {
  EXPECT_EQ(resolved("a: \\${b}\nc: ${a}\nd: '${oc.create:\"x: 1\"}'\ne: ${d.x}\n"),
            "a: ${b}\nc: ${b}\nd:\n  x: 1\ne: 1\n");
}

}  // namespace
}  // namespace strang::config
