#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/registry.h"
#include "experiments/command_line.h"

namespace strang {

// The commands. Each gets the arguments behind its name and returns the exit status.
int verb_run(const std::vector<std::string>& arguments, Registry& registry);
int verb_list(const std::vector<std::string>& arguments, Registry& registry);
int verb_describe(const std::vector<std::string>& arguments, Registry& registry);
int verb_features(const std::vector<std::string>& arguments, Registry& registry);
int verb_forward(const std::vector<std::string>& arguments, Registry& registry);
int verb_fit(const std::vector<std::string>& arguments, Registry& registry);
int verb_explain(const std::vector<std::string>& arguments, Registry& registry);
int verb_analyze(const std::vector<std::string>& arguments, Registry& registry);
int verb_diff(const std::vector<std::string>& arguments, Registry& registry);
int verb_step(const std::vector<std::string>& arguments, Registry& registry);
int verb_compose(const std::vector<std::string>& arguments, Registry& registry);
int verb_complete(const std::vector<std::string>& words, Registry& registry);
int verb_completion(const std::vector<std::string>& words, Registry& registry);
int verb_sweep(const std::vector<std::string>& arguments, Registry& registry);

using Verb = int (*)(const std::vector<std::string>&, Registry&);

// All commands by name; one that starts with '_' is for scripts.
const std::map<std::string, Verb>& verbs();
// Those that are shown, sorted.
std::vector<std::string> verb_names();

// What `strang run` and `strang sweep` do with a parsed line.
int run_line(const CommandLine& line, Registry& registry);

}  // namespace strang
