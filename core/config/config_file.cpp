#include "core/config/config_file.h"

#include <sstream>

#include "core/config/interpolation.h"
#include "core/config/yaml.h"
#include "core/error.h"

namespace strang::config {
namespace {

std::vector<std::string> words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> found;
  for (std::string word; stream >> word;) found.push_back(word);
  return found;
}

// The words of a comment line that starts with "@package", or none.
std::vector<std::string> package_words(const std::string& line) {
  const auto hash = line.find_first_not_of(" \t");
  if (hash == std::string::npos || line[hash] != '#') return {};
  std::vector<std::string> found = words(line.substr(hash + 1));
  if (found.empty() || found[0] != "@package") return {};
  return found;
}

// Only the first line that is not blank may name the package.
void read_package(ConfigFile& file, const std::string& text, const std::string& location) {
  std::istringstream lines(text);
  int number = 0;
  bool first = true;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto found = package_words(line);
    if (!found.empty() && first) {
      require(found.size() == 2, "{}:{}: '# @package' takes one name, found '{}'", location, number,
              line);
      file.package = found[1];
    } else if (!found.empty()) {
      file.warnings.push_back(
          fmt::format("{}:{}: '# @package' counts on the first line only; it is ignored here",
                      location, number));
    }
    if (line[line.find_first_not_of(" \t")] != '#') return;
    first = false;
  }
}

// "group@package" in its parts.
void split_package(DefaultEntry& entry, const std::string& text) {
  const auto at = text.find('@');
  entry.path = text.substr(0, at);
  if (at == std::string::npos) return;
  const std::string package = text.substr(at + 1);
  entry.package = package.substr(0, package.find(':'));
}

void check_option(const Node& option) {
  if (option.is_string() || option.is_null() || option.is_missing()) return;
  require(option.is_list(),
          "{}: an option is a name, a list of names, null or ???, found a {} (quote a name that "
          "looks like a number)",
          option.origin().describe(), option.kind_name());
  for (const Node& item : option.list())
    require(item.is_string(), "{}: a list of options holds names, found a {}",
            item.origin().describe(), item.kind_name());
}

// "override optional group@package: option"
DefaultEntry group_entry(const Node& item) {
  const std::string where = item.origin().describe();
  require(item.map().size() == 1, "{}: one group per entry of a defaults list, found {} keys",
          where, item.map().size());
  const auto& [key, option] = item.map()[0];
  DefaultEntry entry;
  entry.kind = DefaultEntry::Kind::group;
  entry.origin = item.origin();
  const auto parts = words(key);
  require(!parts.empty(), "{}: the name of the group is missing", where);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    require(parts[i] == "optional" || parts[i] == "override",
            "{}: unknown word '{}' before group '{}'{} (allowed: optional, override)", where,
            parts[i], parts.back(), did_you_mean(parts[i], {"optional", "override"}));
    (parts[i] == "optional" ? entry.optional : entry.overrides) = true;
  }
  split_package(entry, parts.back());
  check_option(option);
  entry.option = option;
  return entry;
}

DefaultEntry path_entry(const Node& item) {
  DefaultEntry entry;
  entry.origin = item.origin();
  split_package(entry, item.text());
  if (entry.path != "_self_") return entry;
  require(!entry.package, "{}: '_self_' takes no package", item.origin().describe());
  entry.kind = DefaultEntry::Kind::self;
  return entry;
}

std::vector<DefaultEntry> read_defaults(const Node& list) {
  require(list.is_list(), "{}: 'defaults' must be a list, found a {}", list.origin().describe(),
          list.kind_name());
  std::vector<DefaultEntry> entries;
  for (const Node& item : list.list()) {
    require(
        item.is_map() || item.is_string(),
        "{}: an entry of a defaults list is 'group: option' or the path of a config, found a {}",
        item.origin().describe(), item.kind_name());
    entries.push_back(item.is_map() ? group_entry(item) : path_entry(item));
  }
  return entries;
}

}  // namespace

ConfigFile parse_config_file(const std::string& text, const std::string& location) {
  ConfigFile file;
  read_package(file, text, location);
  file.content = parse_yaml(text, location);
  if (file.content.is_null()) file.content = Node(Node::Map{}, file.content.origin());
  require(file.content.is_container(), "{}: a configuration is a map, found a {}", location,
          file.content.kind_name());
  check_interpolations(file.content);
  if (const Node* list = file.content.find("defaults")) {
    file.defaults = read_defaults(*list);
    file.content.erase("defaults");
  }
  return file;
}

}  // namespace strang::config
