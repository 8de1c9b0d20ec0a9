// Which published figure stands beside which run.

#include "analysis/published.h"

#include <gtest/gtest.h>

#include "core/config/yaml.h"
#include "core/error.h"

namespace strang::analysis {
namespace {

const std::string figures = R"(
published:
  what: rms
  norm: rmse
  values:
    - {integrator: heun, optimizer: null, steps: 5, value: 1.36}
    - {integrator: heun, optimizer: iia_edm, optimizer.r: 1, steps: 5, value: 0.157}
    - {integrator: rvv, steps: 5, value: 2}
)";

std::optional<Published> find(const std::string& spec) {
  return find_published(config::parse_yaml(spec + figures, "test"));
}

TEST(published, a_figure_of_the_base_is_not_that_of_a_fit) {
  EXPECT_EQ(find("integrator: {name: heun}\nsteps: 5").value().value, 1.36);
  EXPECT_EQ(find("integrator: {name: heun}\nsteps: 5\noptimizer: null").value().value, 1.36);
  EXPECT_EQ(
      find("integrator: {name: heun}\nsteps: 5\noptimizer: {name: iia_edm, r: 1}").value().value,
      0.157);
  EXPECT_FALSE(find("integrator: {name: heun}\nsteps: 5\noptimizer: {name: iia_edm, r: 2}"));
  EXPECT_FALSE(find("integrator: {name: heun}\nsteps: 6"));
}

TEST(published, plugins_go_by_name_or_label) {
  const auto found = find("integrator: {name: splitting, label: rvv}\nsteps: 5");
  EXPECT_EQ(found.value().value, 2);
  EXPECT_EQ(found->what, "rms");
  EXPECT_EQ(found->norm, "rmse");
  EXPECT_FALSE(find("integrator: {name: splitting}\nsteps: 5"));
}

TEST(published, another_form_is_refused) {
  for (const char* section :
       {"published: 3", "published: {what: rms}", "published: {what: rms, values: [{steps: 5}]}"})
    EXPECT_THROW(find_published(config::parse_yaml(section, "test")), UsageError) << section;
}

}  // namespace
}  // namespace strang::analysis
