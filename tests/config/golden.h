#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/config/node.h"

// Access to the recorded behaviour of Hydra and OmegaConf (golden/hydra/*.json, see its README).
namespace strang::config::golden {

using Json = nlohmann::ordered_json;

// The cases of one file, or an empty array where the goldens are not installed.
Json load(const std::string& file);

// A typed value ({"t": ..., "v": ...}) as a Node. False when it holds an integer beyond 64 bits.
bool fits(const Json& typed);
Node value(const Json& typed);
Key key(const Json& typed);

// "a/b/c.yaml" -> text
std::vector<std::pair<std::string, std::string>> files(const Json& files);

}  // namespace strang::config::golden

// Skips the running test, visibly, where the goldens are not installed.
#define STRANG_REQUIRE_GOLDENS(cases) \
  if ((cases).empty()) GTEST_SKIP() << "golden/hydra is not installed"
