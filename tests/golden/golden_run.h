#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/registry.h"
#include "core/store/file.h"

namespace strang::test {

// ${STRANG_SHARED}, or ../shared beside the sources.
std::filesystem::path shared_folder();

// A file under shared/golden.
std::filesystem::path golden_path(const std::string& file);

// `strang run --config-dir tests/golden/configs --config-name <config> <overrides>` as the command
// line runs it; the run file.
store::File run_golden(const std::string& config, std::vector<std::string> overrides);

// The same for another verb, which writes `file` into its output folder.
using Verb = int (*)(const std::vector<std::string>& arguments, Registry& registry);
store::File run_golden_verb(Verb verb, const std::string& file, const std::string& config,
                            std::vector<std::string> overrides);

// The largest |a - b| / max(|b|) over a whole dataset.
double relative_difference(const std::vector<double>& a, const std::vector<double>& b);

#define STRANG_SKIP_WITHOUT(path)     \
  if (!std::filesystem::exists(path)) \
  GTEST_SKIP() << "needs " << (path).string() << " (set STRANG_SHARED)"

}  // namespace strang::test
