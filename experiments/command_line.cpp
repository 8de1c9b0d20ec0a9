#include "experiments/command_line.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "core/config/override_parser.h"
#include "core/config/sweep.h"
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
  add("config-path", po::value(&line.config_path)->value_name("DIR"),
      "folder of configs, in place of strang's own");
  add("config-dir", po::value(&line.config_dirs)->value_name("DIR"),
      "folder of configs, searched first");
  add("multirun,m", po::bool_switch(&line.multirun),
      "run every combination of the overrides with several values");
  add("dry-run", po::bool_switch(&line.dry_run), "print the jobs and their cost, run nothing");
  add("force", po::bool_switch(&line.force), "run again what is done, and replace its file");
  add("resume", po::value(&line.resume)->value_name("DIR"),
      "go on with the sweep in this folder, beside other processes if need be");
  add("worker", po::bool_switch(&line.worker),
      "with --resume: as launchers do, without tables; exits with 75 when told to stop");
  add("reference-cache", po::value(&line.reference_cache)->value_name("DIR"),
      "folder of references that several sweeps share (the sweep's own)");
  add("info", po::value(&line.info)->value_name("defaults|defaults-tree|config|searchpath"),
      "print how the configuration comes about and stop");
  add("cfg,c", po::value(&line.cfg)->value_name("job|hydra|all"),
      "print the composed configuration and stop");
  add("resolve", po::bool_switch(&line.resolve), "with --cfg: resolve interpolations");
  add("package,p", po::value(&line.package)->value_name("KEY"), "with --cfg: only this part");
  add("digits", po::value(&line.digits)->value_name("N"),
      "with explain: significant digits, 17 for all");
  add("from", po::value(&line.from)->value_name("FILE"),
      "with fit: solve the stored equations of a coefficient file anew, without the model");
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

void require_word(const std::string& flag, const std::string& word,
                  const std::vector<std::string>& allowed) {
  require(word.empty() || std::find(allowed.begin(), allowed.end(), word) != allowed.end(),
          "{} is '{}': allowed are {}{}", flag, word, fmt::join(allowed, ", "),
          did_you_mean(word, allowed));
}

// Refuses flags that the verb would ignore.
void require_meant_for(const std::string& verb, const po::variables_map& values) {
  const std::vector<std::string> sweeps = {"run", "sweep"};
  const std::pair<const char*, std::vector<std::string>> meant[] = {
      {"multirun", {"run", "sweep", "compose"}},
      {"dry-run", sweeps},
      {"resume", sweeps},
      {"worker", sweeps},
      {"reference-cache", sweeps},
      {"force", {"run", "sweep", "fit", "features", "forward"}},
      {"from", {"fit"}},
      {"digits", {"explain"}}};
  for (const auto& [flag, verbs] : meant) {
    const bool given = values.count(flag) != 0 && !values[flag].defaulted();
    require(!given || std::count(verbs.begin(), verbs.end(), verb) > 0,
            "strang {}: --{} means nothing here; it belongs to strang {}", verb, flag,
            fmt::join(verbs, ", "));
  }
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
    require_meant_for(verb, values);
    po::notify(values);
  } catch (const po::error& error) {
    throw UsageError(
        fmt::format("strang {}: {}; `strang {} --help` lists the flags", verb, error.what(), verb));
  }
  require_word("--cfg", line.cfg, {"job", "hydra", "all"});
  require_word("--info", line.info, {"defaults", "defaults-tree", "config", "searchpath"});
  require(line.resume.empty() || line.overrides.empty(),
          "--resume {}: a sweep goes on as it was started, without further overrides ('{}')",
          line.resume, line.overrides.empty() ? "" : line.overrides[0]);
  for (std::string* path : {&line.config_path, &line.resume, &line.reference_cache})
    if (!path->empty()) *path = std::filesystem::absolute(*path).string();
  for (std::string& path : line.config_dirs) path = std::filesystem::absolute(path).string();
  line.folder = std::filesystem::current_path().string();
  return line;
}

std::string CommandLine::help_text() {
  CommandLine line;
  std::ostringstream text;
  text << flags(line);
  return text.str();
}

Composer::Composer(const CommandLine& line, Registry& registry)
    : config_name_(line.config_name), started_(line.started) {
  for (const std::string& folder : line.config_dirs)
    search_path_.add(config::folder_source(folder));
  search_path_.add(
      config::folder_source(line.config_path.empty() ? STRANG_CONFIG_DIR : line.config_path));
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
  localtime_r(&started_, &surroundings.now);
  return surroundings;
}

config::Composition Composer::compose(const std::vector<std::string>& overrides,
                                      std::optional<std::size_t> number) const {
  std::vector<config::Override> parsed;
  for (const std::string& text : overrides) parsed.push_back(config::parse_override(text));
  config::Composition result = config::compose(search_path_, config_name_, parsed, surroundings());
  result.hydra.set_path("job.config_name", config::Node(config_name_));
  result.hydra.set_path("job.override_dirname", config::Node(config::override_dirname(overrides)));
  if (number) result.hydra.set_path("job.num", config::Node(static_cast<std::int64_t>(*number)));
  return result;
}

config::Node Composer::resolved(const std::vector<std::string>& overrides,
                                std::optional<std::size_t> number) const {
  return resolved(compose(overrides, number));
}

config::Node Composer::resolved(const config::Composition& composition) const {
  config::Node node = composition.config;
  node.erase("sweep");
  config::Surroundings around = surroundings();
  around.hydra = &composition.hydra;
  config::resolve(node, around);
  return node;
}

}  // namespace strang
