#include "core/config/compose.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/config/dump.h"
#include "core/config/merge.h"
#include "core/config/override_parser.h"
#include "core/config/yaml.h"
#include "core/error.h"

namespace strang::config {
namespace {

using Files = std::map<std::string, std::string>;

const Files common_files = {{"config.yaml",
                             "defaults:\n  - process: vp\n  - integrator: heun\n  - _self_\nsteps: "
                             "18\nmodel:\n  width: 64\n"},
                            {"process/vp.yaml", "name: vp\nbeta_min: 0.1\n"},
                            {"process/ve.yaml", "name: ve\nsigma_max: 100\n"},
                            {"integrator/heun.yaml", "name: heun\nchurn:\n  s_churn: 0\n"}};

Composition run(const std::vector<std::string>& lines, Files files = common_files) {
  SearchPath path;
  path.add(memory_source(std::move(files)));
  return compose(path, "config", parse_overrides(lines));
}

std::string message_of(const std::vector<std::string>& lines, Files files = common_files) {
  try {
    run(lines, std::move(files));
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

void expect_in(const std::string& part, const std::string& text) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(Compose, every_key_knows_what_set_it) {
  const Composition found = run({"process=ve", "process.sigma_max=50", "+model.depth=3"});
  EXPECT_EQ(found.config.at_path("process.name")->origin().describe(), "process/ve.yaml:1");
  EXPECT_EQ(found.config.at_path("steps")->origin().describe(), "config.yaml:5");
  EXPECT_EQ(found.config.at_path("process.sigma_max")->origin().describe(),
            "override 'process.sigma_max=50'");
  EXPECT_EQ(found.config.at_path("model.depth")->origin().describe(), "override '+model.depth=3'");
}

TEST(Compose, misspelt_names_get_a_hint) {
  expect_in("did you mean 's_churn'", message_of({"integrator.churn.s_chrun=1"}));
  expect_in("did you mean 'steps'", message_of({"stesp=5"}));
  expect_in("did you mean 've' or 'vp'", message_of({"process=vq"}));
  expect_in("'+stesp=5'", message_of({"stesp=5"}));
  expect_in("its options are ve, vp", message_of({"process=nothing_like_it"}));
  expect_in("did you mean 'override'",
            message_of({}, {{"config.yaml", "defaults:\n  - overide process: vp\n"}}));
}

TEST(Compose, mistakes_in_files_name_file_and_line) {
  expect_in("config.yaml:2: group 'process' has no option 'vx'",
            message_of({}, {{"config.yaml", "defaults:\n  - process: vx\n"},
                            {"process/vp.yaml", "a: 1\n"}}));
  expect_in("config.yaml:1", message_of({}, {{"config.yaml", "a: ${a\n"}}));
  expect_in("a -> config", message_of({}, {{"config.yaml", "defaults:\n  - a\n"},
                                           {"a.yaml", "defaults:\n  - config\n"}}));
}

TEST(Compose, a_late_package_header_and_a_missing_self_are_warned_about) {
  const Composition found = run(
      {}, {{"config.yaml", "defaults:\n  - e: a\nk: 1\n"}, {"e/a.yaml", "# x\n# @package b\n"}});
  ASSERT_EQ(found.warnings.size(), 2u);
  expect_in("e/a.yaml:2", found.warnings[1] + found.warnings[0]);
  expect_in("_self_", found.warnings[1] + found.warnings[0]);
}

TEST(Compose, null_on_the_line_chooses_no_option) {
  const Composition found = run({"process=null"});
  EXPECT_EQ(found.config.find("process"), nullptr);
  EXPECT_TRUE(found.choices.find("process")->is_null());
}

TEST(Compose, the_first_source_that_has_a_file_wins) {
  SearchPath path;
  path.add(memory_source({{"process/vp.yaml", "name: mine\n"}}));
  path.add(memory_source(common_files));
  const Composition found = compose(path, "config", {});
  EXPECT_EQ(found.config.at_path("process.name")->text(), "mine");
  EXPECT_EQ(path.options("process"), (std::vector<std::string>{"ve", "vp"}));
}

TEST(Compose, hydra_keys_stay_apart_and_resolve_together_with_the_config) {
  const Composition found = run({"hydra.sweep.dir=out/${steps}", "hydra.sweeper.max_batch_size=2"});
  EXPECT_EQ(found.config.find("hydra"), nullptr);
  const Node hydra = resolved_hydra(found, {});
  EXPECT_EQ(hydra.at_path("sweep.dir")->text(), "out/18");
  expect_in("did you mean 'max_batch_size'", message_of({"hydra.sweeper.max_batchsize=2"}));
}

TEST(Compose, the_tree_of_defaults_is_drawn) {
  const std::vector<std::string> expected = {"config", "  process: vp", "  integrator: heun",
                                             "  _self_"};
  EXPECT_EQ(run({}).tree, expected);
}

TEST(Compose, thirty_groups_compose) {
  Files files;
  std::string list = "defaults:\n";
  for (int i = 0; i < 30; ++i) {
    const std::string group = "g" + std::to_string(i);
    list += "  - " + group + ": a\n";
    std::string text;
    for (int k = 0; k < 20; ++k) text += "key" + std::to_string(k) + ": [1, 2.5, text]\n";
    files[group + "/a.yaml"] = text;
  }
  files["config.yaml"] = list + "  - _self_\nx: ${g3.key1}\n";
  Composition found = run({"g3.key1=5", "+y=1"}, files);
  resolve(found.config);
  EXPECT_EQ(found.config.find("x")->integer(), 5);
  EXPECT_EQ(found.config.find("g29")->map().size(), 20u);
}

TEST(Merge, lists_replace_maps_merge_and_missing_values_do_not_count) {
  Node tree = parse_yaml("a: {x: 1, y: 2}\nl: [1, 2]\nm: 5\n", "t");
  merge(tree, parse_yaml("a: {y: 3, z: 4}\nl: [9]\nm: ???\n", "u"));
  EXPECT_EQ(dump(tree), "a:\n  x: 1\n  'y': 3\n  z: 4\nl:\n- 9\nm: 5\n");
}

TEST(Merge, a_map_never_meets_a_list) {
  Node tree = parse_yaml("a: {x: 1}\n", "t");
  EXPECT_THROW(merge(tree, parse_yaml("a: [1]\n", "u")), UsageError);
}

}  // namespace
}  // namespace strang::config
