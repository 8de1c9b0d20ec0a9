#include "tests/golden/golden_run.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "experiments/verbs/verbs.h"

namespace strang {
void register_integrators(Registry& registry);
void register_models(Registry& registry);
}  // namespace strang

namespace strang::test {

std::filesystem::path shared_folder() {
  const char* shared = std::getenv("STRANG_SHARED");
  return shared != nullptr ? std::filesystem::path(shared)
                           : std::filesystem::path(STRANG_SOURCE_DIR) / ".." / "shared";
}

std::filesystem::path golden_path(const std::string& file) {
  return shared_folder() / "golden" / file;
}

store::File run_golden(const std::string& config, std::vector<std::string> overrides) {
  return run_golden_verb(verb_run, "run.h5", config, std::move(overrides));
}

store::File run_golden_verb(Verb verb, const std::string& file, const std::string& config,
                            std::vector<std::string> overrides) {
  setenv("STRANG_SHARED", shared_folder().c_str(), 1);
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "strang_golden" /
                                       info->test_suite_name() / info->name();
  std::filesystem::remove_all(folder);
  Registry registry;
  register_integrators(registry);
  register_models(registry);
  std::vector<std::string> arguments = {
      "--config-dir", std::string(STRANG_SOURCE_DIR) + "/tests/golden/configs", "--config-name",
      config, "output='" + (verb == verb_forward ? folder / file : folder).string() + "'"};
  std::filesystem::create_directories(folder);
  arguments.insert(arguments.end(), overrides.begin(), overrides.end());
  if (verb(arguments, registry) != 0) throw std::runtime_error("the run failed");
  return store::File::open(folder / file);
}

double relative_difference(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) throw std::runtime_error("sizes differ");
  double difference = 0, scale = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!std::isfinite(a[i])) return INFINITY;
    difference = std::max(difference, std::abs(a[i] - b[i]));
    scale = std::max(scale, std::abs(b[i]));
  }
  return difference / scale;
}

}  // namespace strang::test
