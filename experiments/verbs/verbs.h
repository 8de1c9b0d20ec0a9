#pragma once

#include <string>
#include <vector>

#include "core/registry.h"

namespace strang {

// The commands. Each gets the arguments behind its name and returns the exit status.
int verb_run(const std::vector<std::string>& arguments, Registry& registry);
int verb_list(const std::vector<std::string>& arguments, Registry& registry);
int verb_describe(const std::vector<std::string>& arguments, Registry& registry);
int verb_features(const std::vector<std::string>& arguments, Registry& registry);
int verb_forward(const std::vector<std::string>& arguments, Registry& registry);
int verb_explain(const std::vector<std::string>& arguments, Registry& registry);
int verb_analyze(const std::vector<std::string>& arguments, Registry& registry);
int verb_diff(const std::vector<std::string>& arguments, Registry& registry);
int verb_step(const std::vector<std::string>& arguments, Registry& registry);

}  // namespace strang
