#include <cstdio>
#include <set>

#include "core/error.h"
#include "experiments/command_line.h"
#include "experiments/verbs/verbs.h"

namespace strang {

// `strang list [kind]`: every registered plugin, and the presets: configuration files of a group
// whose name is no plugin.
int verb_list(const std::vector<std::string>& arguments, Registry& registry) {
  require(arguments.size() <= 1, "strang list takes at most one kind");
  std::vector<std::string> kinds;
  registry.for_each([&](const auto& catalog) { kinds.push_back(catalog.kind()); });
  const std::string wanted = arguments.empty() ? "" : arguments[0];
  require(wanted.empty() || std::count(kinds.begin(), kinds.end(), wanted) > 0,
          "there is no kind '{}'{}; kinds are {}", wanted, did_you_mean(wanted, kinds),
          fmt::join(kinds, ", "));
  const Composer composer(CommandLine{}, registry);
  registry.for_each([&](const auto& catalog) {
    if (!wanted.empty() && catalog.kind() != wanted) return;
    std::printf("%s\n", catalog.kind().c_str());
    std::set<std::string> shown;
    for (const auto& entry : catalog.entries()) {
      std::printf("  %-18s %s\n", entry.name.c_str(), entry.summary.c_str());
      shown.insert(entry.name);
    }
    for (const std::string& option : composer.search_path().options(catalog.kind()))
      if (shown.count(option) == 0) std::printf("  %-18s preset\n", option.c_str());
  });
  if (wanted.empty()) {
    std::printf("experiment\n");
    for (const std::string& option : composer.search_path().options("experiment"))
      std::printf("  %s\n", option.c_str());
  }
  return 0;
}

}  // namespace strang
