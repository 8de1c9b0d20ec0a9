#include <gtest/gtest.h>

#include <map>

#include "core/config/override_parser.h"
#include "core/config/sweep.h"
#include "core/error.h"
#include "tests/config/golden.h"

namespace strang::config {
namespace {

using golden::Json;

const std::map<std::string, std::vector<std::string>> groups = {
    {"process", {"edm", "edm_large", "psld", "psld_vp", "ve", "vp"}},
    {"integrator", {"ddim", "ddim_eta", "dpm_2m", "dpm_3m", "euler", "heun"}}};

// Cases that deliberately differ; the reasons stand in docs/config.md.
const std::vector<std::string> deviations = {};

std::vector<std::string> options_of(const std::string& group) {
  const auto found = groups.find(group);
  return found == groups.end() ? std::vector<std::string>{} : found->second;
}

std::string kind_name(Override::Kind kind) {
  static const char* names[] = {"change", "add", "force_add", "delete"};
  return names[static_cast<int>(kind)];
}

std::string value_type(const Override& override) {
  static const char* names[] = {"choice_sweep", "range_sweep", "interval", "glob"};
  const Sweep* sweep = override.sweep();
  if (sweep == nullptr) return "element";
  return sweep->simple ? "simple_choice" : names[static_cast<int>(sweep->kind)];
}

bool agrees(const Element& element, const Json& typed);

bool sweep_agrees(const Sweep& sweep, const Json& typed) {
  const Json tags = typed.value("tags", Json::array());
  if (tags.size() != sweep.tags.size()) return false;
  for (const Json& tag : tags)
    if (sweep.tags.count(tag.get<std::string>()) == 0) return false;
  switch (sweep.kind) {
    case Sweep::Kind::choice: {
      if (typed.at("t") != "choice" || typed.at("simple") != sweep.simple) return false;
      const Json& list = typed.at("list");
      if (list.size() != sweep.values.size()) return false;
      for (std::size_t i = 0; i < list.size(); ++i)
        if (!agrees(sweep.values[i], list[i])) return false;
      return true;
    }
    case Sweep::Kind::range:
      return typed.at("t") == "range" && sweep.start.same_as(golden::value(typed.at("start"))) &&
             sweep.stop.same_as(golden::value(typed.at("stop"))) &&
             sweep.step.same_as(golden::value(typed.at("step")));
    case Sweep::Kind::interval:
      return typed.at("t") == "interval" && sweep.start.same_as(golden::value(typed.at("start"))) &&
             sweep.stop.same_as(golden::value(typed.at("end")));
    case Sweep::Kind::glob:
      return typed.at("t") == "glob" &&
             typed.at("include").get<std::vector<std::string>>() == sweep.include &&
             typed.at("exclude").get<std::vector<std::string>>() == sweep.exclude;
  }
  return false;
}

bool agrees(const Element& element, const Json& typed) {
  const std::string type = typed.at("t");
  if (element.sweep() != nullptr) return sweep_agrees(*element.sweep(), typed);
  if (const auto* quoted = std::get_if<Element::Quoted>(&element.form)) {
    return typed.value("quote", "") == (quoted->quote == '"' ? "double" : "single") &&
           typed.at("v") == quoted->text;
  }
  if (const auto* list = std::get_if<Element::List>(&element.form)) {
    if (type != "list" || typed.at("v").size() != list->size()) return false;
    for (std::size_t i = 0; i < list->size(); ++i)
      if (!agrees((*list)[i], typed.at("v")[i])) return false;
    return true;
  }
  if (const auto* dict = std::get_if<Element::Dict>(&element.form)) {
    if (type != "dict" || typed.at("v").size() != dict->size()) return false;
    for (std::size_t i = 0; i < dict->size(); ++i) {
      const Json& entry = typed.at("v")[i];
      const Key key = golden::key(entry[0]);
      if (key.kind != (*dict)[i].first.kind || key != (*dict)[i].first) return false;
      if (!agrees((*dict)[i].second, entry[1])) return false;
    }
    return true;
  }
  if (type == "choice" || type == "range" || type == "interval" || type == "glob") return false;
  return !typed.contains("quote") && std::get<Node>(element.form).same_as(golden::value(typed));
}

void check_sweep(const Override& override, const Json& c) {
  const std::string id = c.at("id");
  const auto enumerate = [&] {
    std::vector<Element> values = sweep_values(*override.sweep(), override.key, options_of, 0, 256);
    for (const Element& value : values) value.text();
    return values;
  };
  if (c.contains("sweep_error")) {
    EXPECT_THROW(enumerate(), UsageError) << id;
    return;
  }
  if (!c.contains("sweep_values")) return;
  const auto values = enumerate();
  ASSERT_EQ(values.size(), c.at("sweep_values").size()) << id;
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_TRUE(agrees(values[i], c.at("sweep_values")[i])) << id << " value " << i;
    EXPECT_EQ(values[i].text(), c.at("sweep_strings")[i].get<std::string>()) << id;
  }
}

void check_parsed(const Json& c) {
  const std::string id = c.at("id");
  const Override parsed = parse_override(c.at("line"));
  EXPECT_EQ(kind_name(parsed.kind), c.at("kind").get<std::string>()) << id;
  EXPECT_EQ(parsed.key, c.at("key_or_group").get<std::string>()) << id;
  EXPECT_EQ(parsed.key_element(), c.at("key_string").get<std::string>()) << id;
  EXPECT_EQ(parsed.package.has_value(), !c.at("package").is_null()) << id;
  if (parsed.package) {
    EXPECT_EQ(*parsed.package, c.at("package").get<std::string>()) << id;
  }
  EXPECT_EQ(parsed.value.has_value(), !c.at("value_type").is_null()) << id;
  if (!parsed.value) return;
  EXPECT_EQ(value_type(parsed), c.at("value_type").get<std::string>()) << id;
  EXPECT_TRUE(agrees(*parsed.value, c.at("value"))) << id << ": " << c.at("value").dump();
  if (parsed.sweep() != nullptr) return check_sweep(parsed, c);
  if (c.contains("value_string") && c.at("value_string").is_string()) {
    EXPECT_EQ(parsed.value->text(), c.at("value_string").get<std::string>()) << id;
  }
}

TEST(OverrideGolden, every_line_parses_to_the_same_value_or_is_refused) {
  const Json cases = golden::load("overrides.json");
  STRANG_REQUIRE_GOLDENS(cases);
  for (const Json& c : cases) {
    const std::string id = c.at("id"), line = c.at("line");
    if (std::find(deviations.begin(), deviations.end(), id) != deviations.end()) continue;
    if (c.value("error", false) || !golden::fits(c)) {
      EXPECT_THROW(parse_override(line), UsageError) << id << ": " << line;
    } else {
      EXPECT_NO_THROW(check_parsed(c)) << id << ": " << line;
    }
  }
}

}  // namespace
}  // namespace strang::config
