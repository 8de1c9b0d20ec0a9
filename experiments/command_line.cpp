#include "experiments/command_line.h"

#include <boost/program_options.hpp>
#include <cstdlib>
#include <ctime>
#include <sstream>

#include "core/config/override_parser.h"
#include "core/config/yaml.h"
#include "core/error.h"
#include "core/plugin_loader.h"
#include "experiments/registry_source.h"

namespace strang {
namespace {

namespace po = boost::program_options;

po::options_description flags(CommandLine& line) {
  po::options_description description("flags");
  auto add = description.add_options();
  add("config-name", po::value(&line.config_name)->value_name("NAME"), "primary config (config)");
  add("config-dir", po::value(&line.config_dirs)->value_name("DIR"),
      "folder of configs, searched first");
  add("multirun,m", po::bool_switch(&line.multirun),
      "run every combination of the overrides with several values");
  add("dry-run", po::bool_switch(&line.dry_run), "print the jobs and their cost, run nothing");
  add("force", po::bool_switch(&line.force), "run again what is done, and replace its file");
  add("cfg,c", po::value(&line.cfg)->value_name("job|all"),
      "print the composed configuration and stop");
  add("resolve", po::bool_switch(&line.resolve), "with --cfg: resolve interpolations");
  add("package,p", po::value(&line.package)->value_name("KEY"), "with --cfg: only this part");
  add("digits", po::value(&line.digits)->value_name("N"),
      "with explain: significant digits, 17 for all");
  add("help,h", po::bool_switch(&line.help), "this text");
  return description;
}

// `plugins=[a.so]` on the line, or the key in the primary config: loaded before the groups are
// looked up, because they add to them.
std::vector<config::Node> plugin_lists(const CommandLine& line, const config::SearchPath& path) {
  std::vector<config::Node> lists;
  for (const std::string& text : line.overrides) {
    const config::Override parsed = config::parse_override(text);
    if (parsed.key == "plugins" && parsed.value && parsed.sweep() == nullptr)
      lists.push_back(parsed.node());
  }
  if (!lists.empty()) return lists;
  if (const auto primary = path.read(line.config_name)) {
    const config::Node tree = config::parse_yaml(primary->text, primary->location);
    if (const config::Node* list = tree.find("plugins")) lists.push_back(*list);
  }
  return lists;
}

}  // namespace

CommandLine CommandLine::parse(const std::string& verb, const std::vector<std::string>& arguments,
                               const std::string& config_name) {
  CommandLine line;
  line.config_name = config_name;
  po::options_description visible = flags(line), all;
  all.add(visible).add_options()("override", po::value(&line.overrides));
  po::positional_options_description positional;
  positional.add("override", -1);
  try {
    po::variables_map values;
    po::store(po::command_line_parser(arguments).options(all).positional(positional).run(), values);
    po::notify(values);
  } catch (const po::error& error) {
    throw UsageError(
        fmt::format("strang {}: {}; `strang {} --help` lists the flags", verb, error.what(), verb));
  }
  require(line.cfg.empty() || line.cfg == "job" || line.cfg == "all",
          "--cfg is '{}': allowed are job, all", line.cfg);
  return line;
}

std::string CommandLine::help_text() {
  CommandLine line;
  std::ostringstream text;
  text << flags(line);
  return text.str();
}

Composer::Composer(const CommandLine& line, Registry& registry) : config_name_(line.config_name) {
  for (const std::string& folder : line.config_dirs)
    search_path_.add(config::folder_source(folder));
  search_path_.add(config::folder_source(STRANG_CONFIG_DIR));
  for (const config::Node& list : plugin_lists(line, search_path_))
    for (const config::Node& file : list.is_list() ? list.list() : config::Node::List{})
      if (file.is_string()) load_plugin(file.text(), registry);
  search_path_.add(registry_source(registry));
}

config::Surroundings Composer::surroundings() const {
  config::Surroundings surroundings;
  surroundings.environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  static const std::time_t started = std::time(nullptr);  // one time for all jobs of a process
  localtime_r(&started, &surroundings.now);
  return surroundings;
}

config::Composition Composer::compose(const std::vector<std::string>& overrides) const {
  std::vector<config::Override> parsed;
  for (const std::string& text : overrides) parsed.push_back(config::parse_override(text));
  return config::compose(search_path_, config_name_, parsed, surroundings());
}

config::Node Composer::resolved(const std::vector<std::string>& overrides) const {
  const config::Composition composition = compose(overrides);
  config::Node node = composition.config;
  node.erase("sweep");
  config::Surroundings around = surroundings();
  around.hydra = &composition.hydra;
  config::resolve(node, around);
  return node;
}

}  // namespace strang
