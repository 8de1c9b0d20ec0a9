#include <gtest/gtest.h>

#include <algorithm>

#include "core/config/compose.h"
#include "core/config/dump.h"
#include "core/config/override_parser.h"
#include "core/error.h"
#include "tests/config/golden.h"

namespace strang::config {
namespace {

using golden::Json;

// Cases that deliberately differ; the reasons stand in docs/config.md.
const std::vector<std::string> deviations = {
    "override-039",  // process=null chooses no option, as null in the defaults list does
};

Surroundings surroundings_of(const Json& c) {
  Surroundings result;
  const Json env = c.value("env", Json::object());
  result.environment = [env](const std::string& name) -> std::optional<std::string> {
    if (!env.contains(name)) return std::nullopt;
    return env.at(name).get<std::string>();
  };
  return result;
}

Composition compose_case(const Json& c) {
  SearchPath path;
  std::map<std::string, std::string> files;
  for (const auto& [name, text] : golden::files(c.at("files"))) files[name] = text;
  path.add(memory_source(std::move(files)));
  const auto lines = c.value("overrides", std::vector<std::string>{});
  return compose(path, c.value("config_name", "config"), parse_overrides(lines),
                 surroundings_of(c));
}

std::string dotted(const Json& path) {
  std::string text;
  for (const Json& part : path)
    text += (text.empty() ? "" : ".") +
            (part.at("v").is_string() ? part.at("v").get<std::string>() : part.at("v").dump());
  return text;
}

void check_defaults(const Composition& found, const Json& expected, const std::string& id) {
  ASSERT_EQ(found.defaults.size(), expected.size()) << id;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Json& e = expected[i];
    const auto& f = found.defaults[i];
    EXPECT_EQ(f.config, e.at("config_path").get<std::string>()) << id;
    EXPECT_EQ(f.package, e.at("package").get<std::string>()) << id;
    EXPECT_EQ(f.is_self, e.at("is_self").get<bool>()) << id;
    EXPECT_EQ(f.parent, e.at("parent").is_null() ? "" : e.at("parent").get<std::string>()) << id;
  }
}

void check_choices(const Composition& found, const Json& expected, const std::string& id) {
  ASSERT_EQ(found.choices.map().size(), expected.size()) << id;
  for (const auto& [group, option] : expected.items()) {
    const Node* choice = found.choices.find(group);
    ASSERT_NE(choice, nullptr) << id << " " << group;
    EXPECT_TRUE(choice->same_as(golden::value(option))) << id << " " << group;
  }
}

void check_interpolations(const Composition& found, const Json& c) {
  const std::string id = c.at("id");
  for (const Json& i : c.value("interpolations", Json::array())) {
    const std::string path = dotted(i.at("path"));
    const auto resolve_it = [&] { return resolved_at(found.config, path, surroundings_of(c)); };
    if (i.value("error", false)) {
      EXPECT_THROW(resolve_it(), UsageError) << id << " " << path;
      continue;
    }
    const auto value = resolve_it();
    ASSERT_TRUE(value.has_value()) << id << " " << path;
    EXPECT_TRUE(value->same_as(golden::value(i.at("value")))) << id << " " << path << dump(*value);
  }
}

// Where one interpolation of the tree cannot be resolved, the whole cannot.
void check_resolved(Node tree, const Json& c) {
  const std::string id = c.at("id");
  const Json expected = c.value("resolved", Json());
  if (expected.is_null()) return;
  if (!expected.contains("t")) {
    EXPECT_THROW(resolve(tree, surroundings_of(c)), UsageError) << id;
    return;
  }
  resolve(tree, surroundings_of(c));
  EXPECT_TRUE(tree.same_as(golden::value(expected))) << id;
  if (c.at("yaml_resolved").is_string()) {
    EXPECT_EQ(dump(tree), c.at("yaml_resolved").get<std::string>()) << id;
  }
}

void check_case(const Json& c) {
  const std::string id = c.at("id");
  const Composition found = compose_case(c);
  EXPECT_TRUE(found.config.same_as(golden::value(c.at("config")))) << id << "\n"
                                                                   << dump(found.config);
  EXPECT_EQ(dump(found.config), c.at("yaml").get<std::string>()) << id;
  check_defaults(found, c.at("defaults"), id);
  check_choices(found, c.at("choices"), id);
  check_interpolations(found, c);
  const bool warned = !c.value("warnings", Json::array()).empty();
  if (warned) {
    EXPECT_FALSE(found.warnings.empty()) << id;
  }
  check_resolved(found.config, c);
}

TEST(ComposeGolden, every_tree_composes_to_the_same_config_or_is_refused) {
  const Json cases = golden::load("compose.json");
  STRANG_REQUIRE_GOLDENS(cases);
  for (const Json& c : cases) {
    const std::string id = c.at("id");
    if (std::find(deviations.begin(), deviations.end(), id) != deviations.end()) continue;
    if (c.value("error", false))
      EXPECT_THROW(compose_case(c), UsageError) << id;
    else
      EXPECT_NO_THROW(check_case(c)) << id;
  }
}

}  // namespace
}  // namespace strang::config
