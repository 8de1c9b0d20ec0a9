// The experiments that come with the program.

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "analysis/published.h"
#include "experiments/sweep/plan.h"
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

TEST(configs, have_a_cell_for_every_published_figure) {
  // The three problems of iia_tables share its list.
  const std::set<std::string> parts = {"iia_gmm2d", "iia_gmm64", "iia_emp64"};
  int sections = 0;
  for (const std::string& name : experiments()) {
    if (parts.count(name) > 0) continue;
    CommandLine line;
    line.overrides = {"experiment=" + name};
    const Composer composer = composer_of(line);
    std::set<std::size_t> found;
    std::size_t listed = 0;
    for (const Cell& cell : plan_sweep(composer, line, registry()).cells) {
      const config::Node config = composer.resolved(cell.overrides);
      if (const auto published = analysis::find_published(config)) found.insert(published->entry);
      const config::Node* section = config.find("published");
      if (section != nullptr && !section->is_null())
        listed = section->find("values")->list().size();
    }
    EXPECT_EQ(found.size(), listed) << name;
    sections += listed > 0 ? 1 : 0;
  }
  EXPECT_GE(sections, 10);
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
