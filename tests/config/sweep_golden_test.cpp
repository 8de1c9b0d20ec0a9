#include <gtest/gtest.h>

#include <algorithm>

#include "core/config/compose.h"
#include "core/config/override_parser.h"
#include "core/config/sweep.h"
#include "core/error.h"
#include "tests/config/golden.h"

namespace strang::config {
namespace {

using golden::Json;

// Cases that deliberately differ; the reasons stand in docs/config.md.
const std::vector<std::string> deviations = {
    "sweep-042",  // null in a swept group chooses no option
    "fail-003",   // a failed job does not keep later jobs from running
};

SearchPath search_path(const Json& c) {
  SearchPath path;
  std::map<std::string, std::string> files;
  for (const auto& [name, text] : golden::files(c.at("files"))) files[name] = text;
  path.add(memory_source(std::move(files)));
  return path;
}

// What `run --multirun` does up to the first job: overrides of `hydra` are not part of the jobs.
std::vector<Job> plan(const SearchPath& path, const Json& c) {
  std::vector<Override> hydra, swept;
  for (const Override& o : parse_overrides(c.value("overrides", std::vector<std::string>{})))
    (o.key.rfind("hydra.", 0) == 0 ? hydra : swept).push_back(o);
  const Composition base = compose(path, "config", hydra);
  const Node* params = base.hydra.at_path("sweeper.params");
  return expand(with_params(params != nullptr ? *params : Node(), swept),
                [&](const std::string& group) { return path.options(group); });
}

void check_jobs(const SearchPath& path, const std::vector<Job>& jobs, const Json& c) {
  const std::string id = c.at("id");
  for (const Json& expected : c.at("jobs")) {
    const Job& job = jobs.at(expected.at("num").get<std::size_t>());
    EXPECT_EQ(override_dirname(job), expected.at("override_dirname").get<std::string>()) << id;
    const Composition found = compose(path, "config", parse_overrides(job));
    if (!expected.contains("config")) continue;
    EXPECT_TRUE(found.config.same_as(golden::value(expected.at("config")))) << id;
    for (const auto& [group, option] : expected.at("choices").items()) {
      const Node* choice = found.choices.find(group);
      EXPECT_TRUE(choice != nullptr && choice->same_as(golden::value(option))) << id;
    }
  }
}

void check_case(const Json& c) {
  const SearchPath path = search_path(c);
  const std::vector<Job> jobs = plan(path, c);
  EXPECT_EQ(jobs, c.at("planned").get<std::vector<Job>>()) << c.at("id");
  check_jobs(path, jobs, c);
}

// Hydra refuses some sweeps only when it composes a job.
void plan_and_compose(const Json& c) {
  const SearchPath path = search_path(c);
  for (const Job& job : plan(path, c)) compose(path, "config", parse_overrides(job));
}

TEST(SweepGolden, every_sweep_plans_the_same_jobs_or_is_refused) {
  const Json cases = golden::load("sweeps.json");
  STRANG_REQUIRE_GOLDENS(cases);
  for (const Json& c : cases) {
    const std::string id = c.at("id");
    if (std::find(deviations.begin(), deviations.end(), id) != deviations.end()) continue;
    if (c.value("error", false))
      EXPECT_THROW(plan_and_compose(c), UsageError) << id;
    else
      EXPECT_NO_THROW(check_case(c)) << id;
  }
}

}  // namespace
}  // namespace strang::config
