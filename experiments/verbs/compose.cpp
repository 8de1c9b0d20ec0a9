#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/config/dump.h"
#include "core/config/override_parser.h"
#include "core/config/typed_json.h"
#include "core/error.h"
#include "experiments/command_line.h"
#include "experiments/config_report.h"
#include "experiments/verbs/verbs.h"

namespace strang {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* help =
    "strang compose [--json] [--overrides-only] [flags] [key=value ...]: the composed "
    "configuration.\n"
    "With --json every value has its type (docs/config.md); --resolve replaces interpolations;\n"
    "--overrides-only shows what each override line parses to instead, an error among them as "
    "one.\n\n";

Json defaults_json(const config::Composition& composition) {
  Json list = Json::array();
  for (const config::ComposedConfig& one : composition.defaults)
    list.push_back({{"config_path", one.config},
                    {"package", one.package},
                    {"is_self", one.is_self},
                    {"parent", one.parent.empty() ? Json() : Json(one.parent)}});
  return list;
}

Json composition_json(const Composer& composer, const CommandLine& line) {
  const config::Composition composition = composer.compose(line.overrides);
  Json json = {{"config_name", line.config_name}, {"overrides", line.overrides}};
  Json choices = Json::object();
  if (composition.choices.is_map())
    for (const auto& [group, option] : composition.choices.map())
      choices[std::string(group)] = config::typed_json(option);
  json["choices"] = std::move(choices);
  json["defaults"] = defaults_json(composition);
  json["config"] = config::typed_json(composition.config);
  if (line.resolve) json["resolved"] = config::typed_json(composer.resolved(composition));
  json["yaml"] = config::dump(composition.config);
  json["warnings"] = composition.warnings;
  return json;
}

Json overrides_json(const CommandLine& line, const config::GroupOptions& options) {
  Json list = Json::array();
  for (const std::string& text : line.overrides) {
    try {
      list.push_back(config::override_json(config::parse_override(text), options));
    } catch (const UsageError& error) {
      list.push_back({{"line", text}, {"error", true}, {"message", error.what()}});
    }
  }
  return list;
}

}  // namespace

// `strang compose`: for tools that want what a command line means.
int verb_compose(const std::vector<std::string>& arguments, Registry& registry) {
  std::vector<std::string> rest;
  bool json = false, overrides_only = false;
  for (const std::string& word : arguments) {
    json |= word == "--json";
    overrides_only |= word == "--overrides-only";
    if (word != "--json" && word != "--overrides-only") rest.push_back(word);
  }
  CommandLine line = CommandLine::parse("compose", rest);
  if (line.help) return std::printf("%s%s", help, CommandLine::help_text().c_str()), 0;
  if (overrides_only) {
    CommandLine without = line;  // the lines may be wrong
    without.overrides.clear();
    const Composer composer(without, registry);
    const auto options = [&](const std::string& group) {
      return composer.search_path().options(group);
    };
    std::printf("%s\n", overrides_json(line, options).dump(json ? -1 : 2).c_str());
    return 0;
  }
  const Composer composer(line, registry);
  if (!json) {
    if (line.cfg.empty() && line.info.empty()) line.cfg = "job";
    return print_view(composer, line), 0;
  }
  std::printf("%s\n", composition_json(composer, line).dump().c_str());
  return 0;
}

}  // namespace strang
