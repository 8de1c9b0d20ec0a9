#include <gtest/gtest.h>

#include "core/config/dump.h"
#include "core/config/yaml.h"
#include "tests/config/golden.h"

namespace strang::config {
namespace {

TEST(DumpGolden, yaml_agrees_to_the_letter_and_reads_back) {
  const auto cases = golden::load("dump.json");
  STRANG_REQUIRE_GOLDENS(cases);
  for (const auto& c : cases) {
    const std::string id = c.at("id");
    if (!golden::fits(c.at("value"))) continue;
    const Node node = golden::value(c.at("value"));
    const std::string text = dump(node);
    EXPECT_EQ(text, c.at("yaml").get<std::string>()) << id;
    EXPECT_NO_THROW(EXPECT_TRUE(parse_yaml(text, id).same_as(node)) << id << "\n" << text) << text;
  }
}

}  // namespace
}  // namespace strang::config
