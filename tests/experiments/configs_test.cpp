// The experiments that come with the program.

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/experiments/runs.h"
#include "tests/files/message.h"

namespace strang::test {
namespace {

std::vector<std::string> experiments() {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(STRANG_SOURCE_DIR "/experiments/configs/experiment"))
    names.push_back(entry.path().stem().string());
  return names;
}

TEST(configs, of_every_experiment_compose_and_have_an_outline) {
  ASSERT_GT(experiments().size(), 20u);
  for (const std::string& name : experiments()) {
    std::vector<std::string> cell = {"experiment=" + name};
    if (name == "iia_ranking") cell.push_back("nfe=8");  // its sweep says how many
    EXPECT_NO_THROW(outline_experiment(compose_run(cell), registry())) << name;
  }
}

TEST(configs, of_a_paper_name_the_weights_that_they_need) {
  int found = 0;
  for (const std::string& name : experiments()) {
    if (!name.starts_with("iia_paper_")) continue;
    const config::Node config = compose_run({"experiment=" + name, "features=none"});
    const std::string message =
        message_of<UsageError>([&] { build_experiment(config, registry()); });
    EXPECT_TRUE(contains(message, name == "iia_paper_edm" || name == "iia_paper_ddim"
                                      ? "model.shape is not set"
                                      : "this experiment needs"))
        << name;
    ++found;
  }
  EXPECT_GE(found, 10);
}

}  // namespace
}  // namespace strang::test
