#include "experiments/config_report.h"

#include <cstdio>

#include "analysis/text_table.h"
#include "core/config/dump.h"
#include "core/error.h"
#include "experiments/spec.h"

namespace strang {
namespace {

using config::Node;

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }

// The trees that --cfg shows under one root.
Node shown_tree(const Composer& composer, const CommandLine& line) {
  const config::Composition composition = composer.compose(line.overrides);
  config::Surroundings around = composer.surroundings();
  around.hydra = &composition.hydra;
  Node root{Node::Map{}};
  if (line.cfg != "job")
    root.set("hydra",
             line.resolve ? config::resolved_hydra(composition, around) : composition.hydra);
  if (line.cfg == "hydra") return root;
  Node job = composition.config;
  if (line.resolve) config::resolve(job, around);
  for (const auto& [key, value] : job.map()) root.set(key, value);
  return root;
}

void print_defaults(const config::Composition& composition) {
  analysis::TextTable table({{"config", analysis::Align::left},
                             {"package", analysis::Align::left},
                             {"self", analysis::Align::left},
                             {"parent", analysis::Align::left},
                             {"file", analysis::Align::left}});
  for (const config::ComposedConfig& one : composition.defaults)
    table.add_row({one.config, one.package, one.is_self ? "_self_" : "", one.parent, one.file});
  print(table.text());
}

void print_groups(const config::SearchPath& path, const std::string& group) {
  for (const std::string& name : path.groups(group)) {
    const std::string inner = group.empty() ? name : group + "/" + name;
    const std::vector<std::string> options = path.options(inner);
    if (!options.empty()) print(fmt::format("  {}: {}\n", inner, fmt::join(options, ", ")));
    print_groups(path, inner);
  }
}

void print_config(const Composer& composer, const CommandLine& line) {
  const config::Node node = shown_tree(composer, line);
  const config::Node* part = line.package.empty() ? &node : node.at_path(line.package);
  require(part != nullptr, "--package '{}': there is no such key", line.package);
  print(config::dump(*part));
}

void print_info(const Composer& composer, const CommandLine& line) {
  if (line.info == "searchpath") {
    for (const std::string& source : composer.search_path().describe()) print(source + "\n");
    return;
  }
  const config::Composition composition = composer.compose(line.overrides);
  if (line.info == "defaults")
    print_defaults(composition);
  else if (line.info == "defaults-tree")
    for (const std::string& text : composition.tree) print(text + "\n");
  else
    print(config::dump(composition.config));
  for (const std::string& warning : composition.warnings)
    std::fprintf(stderr, "warning: %s\n", warning.c_str());
}

}  // namespace

bool print_view(const Composer& composer, const CommandLine& line) {
  if (!line.cfg.empty())
    print_config(composer, line);
  else if (!line.info.empty())
    print_info(composer, line);
  return !line.cfg.empty() || !line.info.empty();
}

void print_options(const std::vector<OptionHelp>& options) {
  for (const OptionHelp& option : options)
    print(fmt::format("  {:<12} {}{}\n", option.name, option.help,
                      option.allowed.empty() ? "" : " (" + option.allowed + ")"));
}

void print_run_help(const CommandLine& line, Registry& registry) {
  print("strang run [flags] [key=value ...]: run one experiment, or a sweep.\n\n" +
        CommandLine::help_text() + "\n");
  print("keys:\n");
  print_options(spec_help());
  const Composer composer(line, registry);
  print("\ngroups and their options (strang describe NAME shows what each one takes):\n");
  print_groups(composer.search_path(), "");
  print("\nthe configuration as composed; override anything by key=value:\n\n");
  print(config::dump(composer.compose(line.overrides).config));
}

}  // namespace strang
