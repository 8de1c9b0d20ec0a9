// The command line's views of a configuration: typed JSON, help, records, completion.

#include "core/config/compose.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/config/override_parser.h"
#include "core/config/typed_json.h"
#include "core/error.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"
#include "tests/support/program.h"

namespace strang {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using test::contains;

std::string output_of(const std::string& command) {
  std::string text;
  std::array<char, 4096> block;
  FILE* pipe = ::popen(command.c_str(), "r");
  while (std::fgets(block.data(), block.size(), pipe) != nullptr) text += block.data();
  ::pclose(pipe);
  return text;
}

std::string strang(const std::string& words) { return output_of(STRANG_PROGRAM " " + words); }

TEST(compose, json_has_types) {
  const Json json = Json::parse(strang("compose --json steps=7 '+tags=[1, 1.0, \"a\", null]'"));
  EXPECT_EQ(json["choices"]["integrator"], (Json{{"t", "str"}, {"v", "heun"}}));
  EXPECT_EQ(json["defaults"][0]["config_path"], "process/edm");
  const Json& config = json["config"]["v"];
  EXPECT_EQ(config.back()[0]["v"], "tags");
  EXPECT_EQ(
      config.back()[1].dump(),
      R"({"t":"list","v":[{"t":"int","v":"1"},{"t":"float","v":"1.0"},{"t":"str","v":"a"},{"t":"null"}]})");
}

// The recorded cases, field by field.
TEST(compose, overrides_as_recorded) {
  const char* shared = std::getenv("STRANG_SHARED");
  std::ifstream file(std::string(shared == nullptr ? "" : shared) + "/golden/hydra/overrides.json");
  if (!file) GTEST_SKIP() << "no goldens: STRANG_SHARED names their folder";
  const Json golden = Json::parse(file);
  const auto options = [&](const std::string& group) {
    const Json& groups = golden.at("glob_options");
    return groups.contains(group) ? groups.at(group).get<std::vector<std::string>>()
                                  : std::vector<std::string>{};
  };
  int same = 0, other = 0;
  for (const Json& wanted : golden.at("cases")) {
    if (wanted.contains("error")) continue;
    Json found;
    try {
      found = config::override_json(config::parse_override(wanted.at("line")), options);
    } catch (const UsageError&) {
      continue;  // what this layer refuses on purpose: tests/config
    }
    bool agrees = true;
    for (const auto& [key, value] : wanted.items()) {
      if (key == "id" || key == "sweep_error" || key == "note") continue;
      if (!found.contains(key) || found.at(key) != value) {
        agrees = false;
        if (other < 10)
          std::printf("%s %s: %s, recorded %s\n", wanted.at("id").dump().c_str(), key.c_str(),
                      found.value(key, Json()).dump().c_str(), value.dump().c_str());
      }
    }
    ++(agrees ? same : other);
  }
  std::printf("%d agree, %d differ\n", same, other);
  EXPECT_GE(same, 568);
  EXPECT_EQ(other, 0);
}

TEST(compose, views_and_help) {
  EXPECT_TRUE(contains(strang("run --cfg hydra"), "hydra:\n"));
  const std::string all = strang("run --cfg all --package hydra.job");
  EXPECT_TRUE(contains(all, "config_name: config"));
  EXPECT_TRUE(contains(strang("run --info defaults-tree"), "process: edm"));
  EXPECT_TRUE(contains(strang("run --info defaults"), "model/ring"));
  EXPECT_TRUE(contains(strang("run --info searchpath"), "configs"));
  const std::string help = strang("run --help integrator=ddim");
  EXPECT_TRUE(contains(help, "  integrator: ancestral, "));
  EXPECT_TRUE(contains(help, "integrator:\n  name: ddim\n  eta: 0"));
  EXPECT_TRUE(contains(help, "--config-path"));
}

TEST(compose, every_verb_that_composes_shows_its_configuration) {
  for (const char* verb : {"run", "sweep", "explain", "step", "fit", "features", "forward"}) {
    EXPECT_TRUE(contains(strang(std::string(verb) + " --cfg job --package output"), "\n")) << verb;
    EXPECT_TRUE(contains(strang(std::string(verb) + " --info searchpath"), "configs")) << verb;
  }
  EXPECT_TRUE(contains(strang("forward --cfg job"), "views:"));
  EXPECT_TRUE(contains(strang("features --help"), "  dataset "));
  EXPECT_TRUE(contains(strang("explain --dry-run 2>&1"),
                       "--dry-run means nothing here; it belongs to strang run, sweep"));
  EXPECT_TRUE(contains(strang("run samplez=3 --cfg job 2>&1"), "samplez"));
}

TEST(compose, forward_and_features_replace_their_files_with_force_only) {
  const test::TemporaryFolder folder;
  const std::string forward =
      "forward model=gaussian model.mean=0 model.covariance=1 model.shape=[1,8,8] times=[1] "
      "'inputs={name: procedural, count: 8, size: 8}' output=" +
      (folder / "f.h5").string();
  const std::string features = "features features=pixels dataset.count=8 dataset.size=8 output=" +
                               (folder / "s.h5").string();
  for (const std::string& words : {forward, features}) {
    EXPECT_TRUE(contains(strang(words + " 2>&1"), ".h5\n"));
    EXPECT_TRUE(contains(strang(words + " 2>&1"), "exists already: set 'output' to another file"));
    EXPECT_FALSE(contains(strang(words + " --force 2>&1"), "exists already"));
  }
}

TEST(compose, a_run_leaves_its_record) {
  const test::TemporaryFolder folder;
  strang("run '~sweep' samples=8 steps=2 reference=null output=" + (folder / "out").string());
  const fs::path record = folder / "out" / ".hydra";
  EXPECT_EQ(test::read_text(record / "overrides.yaml").substr(0, 23), "- ~sweep\n- samples=8\n- ");
  EXPECT_TRUE(contains(test::read_text(record / "config.yaml"), "steps: 2\n"));
  EXPECT_TRUE(contains(test::read_text(record / "hydra.yaml"), "hydra:\n"));
}

TEST(completion, knows_commands_groups_keys_and_values) {
  const auto complete = [](const std::string& words) { return strang("__complete " + words); };
  EXPECT_EQ(complete("expl"), "explain\n");
  EXPECT_EQ(complete("run integrator=hen,heu"), "integrator=hen,heun\n");
  EXPECT_EQ(complete("run integrator=heu"), "integrator=heun\n");
  EXPECT_EQ(complete("run integrator=ddim integrator.e"), "integrator.eta=\n");
  EXPECT_EQ(complete("run dtype=float6"), "dtype=float64\n");
  EXPECT_EQ(complete("run reference.check="), "reference.check=true\nreference.check=false\n");
  EXPECT_EQ(complete("run +exper"), "+experiment=\n");
  EXPECT_EQ(complete("run --config-p"), "--config-path\n");
  EXPECT_EQ(complete("sweep sta"), "status\n");
  EXPECT_EQ(complete("list integ"), "integrator\n");
}

TEST(completion, works_in_bash) {
  const std::string bash =
      "bash -c 'source <(" STRANG_PROGRAM " completion bash); COMP_LINE=\"" STRANG_PROGRAM
      " run integrator=heu\"; COMP_POINT=${#COMP_LINE}; _strang; echo \"${COMPREPLY[@]}\"'";
  EXPECT_EQ(output_of(bash), "heun\n");
}

// What becomes of a line with a tab behind it.
const std::vector<std::pair<std::string, std::string>> completions = {
    {"strang expl", "strang explain"},
    {"strang run +exper", "strang run +experiment="},
    {"strang run integrator=heu", "strang run integrator=heun"},
    {"strang run integrator=heun,dd", "strang run integrator=heun,ddim"},
    {"strang run integrator=ddim integrator.e", "strang run integrator=ddim integrator.eta="},
    {"strang run dtype=float6", "strang run dtype=float64"},
    {"strang run reference.check=t", "strang run reference.check=true"},
    {"strang run --config-p", "strang run --config-path"},
    {"strang sweep sta", "strang sweep status"},
};

bool is_installed(const std::string& shell) {
  return std::system(("command -v " + shell + " >/dev/null").c_str()) == 0;
}

const std::string with_program =
    "PATH=" + fs::path(STRANG_PROGRAM).parent_path().string() + ":$PATH ";

TEST(completion, works_in_zsh) {
  if (!is_installed("zsh")) GTEST_SKIP() << "no zsh here: its completion is not tried";
  std::string command = with_program + "zsh -f " STRANG_SOURCE_DIR "/tests/sweeps/complete.zsh";
  for (const auto& [line, completed] : completions)
    command += " '" + line + "' '" + completed + "'";
  EXPECT_EQ(output_of(command + " 2>&1"), "");
}

TEST(completion, works_in_fish) {
  if (!is_installed("fish")) GTEST_SKIP() << "no fish here: its completion is not tried";
  std::string command = "strang completion fish | source", expected;
  for (const auto& [line, completed] : completions) {
    command += "; complete -C '" + line + "'";
    expected += completed.substr(completed.rfind(' ') + 1) + "\n";
  }
  EXPECT_EQ(output_of(with_program + "fish --no-config -c \"" + command + "\""), expected);
}

}  // namespace
}  // namespace strang
