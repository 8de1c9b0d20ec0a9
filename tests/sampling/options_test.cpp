#include "core/options.h"

#include <gtest/gtest.h>

#include "core/config/yaml.h"
#include "core/error.h"
#include "tests/files/message.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

using namespace test;

struct Everything {
  double ratio = 0.5;
  int count = 3;
  std::int64_t seed = 4;
  bool fast = false;
  std::string mode = "slow";
  std::vector<double> numbers = {1, 2.5};
  std::vector<std::int64_t> shape = {2};
  std::vector<std::string> words = {"a"};
  std::optional<double> maybe;
  std::optional<std::int64_t> perhaps;
  config::Node tree;
  std::string file;

  void fields(OptionVisitor& v) {
    v.field("ratio", ratio, "a fraction").in(0, 1);
    v.field("count", count, "how many").at_least(1);
    v.field("seed", seed, "any");
    v.field("fast", fast, "whether");
    v.field("mode", mode, "which").one_of({"slow", "swift"});
    v.field("numbers", numbers, "some").above(0);
    v.field("shape", shape, "of it");
    v.field("words", words, "names");
    v.field("maybe", maybe, "or not");
    v.field("perhaps", perhaps, "or not");
    v.field("tree", tree, "anything");
    v.path("file", file, "a file");
  }
};

Fields fields_of(Everything& options) {
  return [&](OptionVisitor& v) { options.fields(v); };
}

Everything read(const std::string& yaml, const std::string& source = "folder/a.yaml") {
  Everything options;
  read_options(config::parse_yaml(yaml, source), "thing", fields_of(options));
  return options;
}

std::string refusal(const std::string& yaml) {
  return usage_error([&] { read(yaml); });
}

TEST(options, every_type_is_read) {
  const Everything o = read(
      "{ratio: 1, count: 7, seed: -3, fast: true, mode: swift, numbers: [3, 0.25], shape: [4, 5], "
      "words: [b, c], maybe: 2.5, perhaps: 9, tree: {x: 1}}");
  EXPECT_EQ(o.ratio, 1);
  EXPECT_EQ(o.count, 7);
  EXPECT_EQ(o.seed, -3);
  EXPECT_TRUE(o.fast);
  EXPECT_EQ(o.mode, "swift");
  EXPECT_EQ(o.numbers, (std::vector<double>{3, 0.25}));
  EXPECT_EQ(o.shape, (std::vector<std::int64_t>{4, 5}));
  EXPECT_EQ(o.words, (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(o.maybe, 2.5);
  EXPECT_EQ(o.perhaps, 9);
  EXPECT_EQ(o.tree.find("x")->integer(), 1);
}

TEST(options, what_is_not_given_keeps_its_default) {
  const Everything o = read("{}");
  EXPECT_EQ(o.ratio, 0.5);
  EXPECT_EQ(o.mode, "slow");
  EXPECT_FALSE(o.maybe.has_value());
  EXPECT_EQ(read("").count, 3);  // an empty document
}

TEST(options, null_empties_what_may_be_absent) {
  const Everything o = read("{maybe: null, numbers: null, file: null}");
  EXPECT_FALSE(o.maybe.has_value());
  EXPECT_TRUE(o.numbers.empty());
  EXPECT_TRUE(o.file.empty());
}

TEST(options, one_item_is_a_list) {
  EXPECT_EQ(read("{numbers: 3}").numbers, std::vector<double>{3});
}

TEST(options, written_options_read_back_to_the_same) {
  Everything o = read("{ratio: 0.125, mode: swift, shape: [], maybe: 1e-3, tree: [1, two]}");
  const config::Node written = write_options(fields_of(o));
  Everything again;
  read_options(written, "thing", fields_of(again));
  EXPECT_TRUE(written.same_as(write_options(fields_of(again))));
  EXPECT_EQ(again.ratio, 0.125);
  EXPECT_TRUE(again.shape.empty());
}

struct Refusal {
  const char *yaml, *part;
};
class Refusals : public testing::TestWithParam<Refusal> {};

// Each message says where, which option, what was found and what is allowed.
TEST_P(Refusals, say_where_and_what_is_allowed) {
  const std::string message = refusal(GetParam().yaml);
  EXPECT_TRUE(contains(message, GetParam().part));
  EXPECT_TRUE(contains(message, "folder/a.yaml:1"));
}

INSTANTIATE_TEST_SUITE_P(
    all, Refusals,
    testing::Values(
        Refusal{"{ratio: 2}", "'thing.ratio' is 2, but must be in [0, 1]"},
        Refusal{"{ratio: -0.5}", "'thing.ratio' is -0.5, but must be in [0, 1]"},
        Refusal{"{ratio: .nan}", "'thing.ratio' must be a number, found nan"},
        Refusal{"{ratio: big}", "'thing.ratio' must be a number, found 'big'"},
        Refusal{"{ratio: true}", "'thing.ratio' must be a number, found true"},
        Refusal{"{ratio: null}", "'thing.ratio' must be a number"},
        Refusal{"{count: 0}", "'thing.count' is 0, but must be >= 1"},
        Refusal{"{count: 1.5}", "'thing.count' must be an integer, found 1.5"},
        Refusal{"{count: 3000000000}", "too large"},
        Refusal{"{seed: [1]}", "'thing.seed' must be an integer, found a value of type list"},
        Refusal{"{fast: 1}", "'thing.fast' must be true or false, found 1"},
        Refusal{"{fast: 'true'}", "'thing.fast' must be true or false, found 'true'"},
        Refusal{"{mode: swfit}",
                "'thing.mode' is 'swfit', but must be one of slow, swift (did you mean 'swift'?)"},
        Refusal{"{mode: 3}", "'thing.mode' must be a word, found 3"},
        Refusal{"{numbers: [1, x]}", "'thing.numbers' must be a list of numbers"},
        Refusal{"{numbers: [1, 0]}", "'thing.numbers' is 0, but must be > 0"},
        Refusal{"{shape: [1.5]}", "'thing.shape' must be a list of integers"},
        Refusal{"{words: [1]}", "'thing.words' must be a list of words"},
        Refusal{"{maybe: word}", "'thing.maybe' must be a number or null, found 'word'"},
        Refusal{"{perhaps: 0.5}", "'thing.perhaps' must be an integer or null, found 0.5"},
        Refusal{"{file: 3}", "'thing.file' must be a word, found 3"},
        Refusal{"ratio: ???", "'thing.ratio' has no value yet"},
        Refusal{"{mode: null}",
                "'thing.mode' is a value of type null, but must be one of slow, swift"},
        Refusal{"{raito: 1}",
                "unknown option 'thing.raito' (did you mean 'ratio'?); 'thing' knows count, fast"},
        Refusal{"{zzzzzz: 1}", "unknown option 'thing.zzzzzz'; 'thing' knows"},
        Refusal{"[1]", "'thing' must be a map of options, found a value of type list"},
        Refusal{"7", "'thing' must be a map of options, found 7"}));

TEST(options, a_plugin_without_options_says_so) {
  const std::string message = usage_error(
      [] { read_options(config::parse_yaml("{x: 1}", "a.yaml"), "euler", [](OptionVisitor&) {}); });
  EXPECT_TRUE(contains(message, "'euler' has no options"));
}

TEST(options, the_name_of_the_plugin_is_no_option) { EXPECT_EQ(refusal("{name: thing}"), ""); }

TEST(options, files_are_relative_to_the_file_that_names_them) {
  EXPECT_EQ(read("{file: ../data/x.h5}", "configs/model/a.yaml").file, "configs/data/x.h5");
  EXPECT_EQ(read("{file: /data/x.h5}", "configs/a.yaml").file, "/data/x.h5");
  // An override has no line: relative to the working directory.
  Everything o;
  config::Node node{config::Node::Map{}};
  node.set("file", config::Node(std::string("x.h5"), {"thing.file=x.h5", 0, 0}));
  read_options(node, "thing", fields_of(o));
  EXPECT_EQ(o.file, "x.h5");
}

TEST(options, help_lists_name_type_default_and_range) {
  Everything o;
  const std::vector<OptionHelp> help = list_options(fields_of(o));
  ASSERT_EQ(help.size(), 12u);
  EXPECT_EQ(help[0].name, "ratio");
  EXPECT_EQ(help[0].type, "number");
  EXPECT_EQ(help[0].default_value, "0.5");
  EXPECT_EQ(help[0].allowed, "in [0, 1]");
  EXPECT_EQ(help[0].help, "a fraction");
  EXPECT_EQ(help[4].allowed, "one of slow, swift");
  EXPECT_EQ(help[5].allowed, "> 0");
  EXPECT_EQ(help[8].default_value, "null");
  EXPECT_EQ(help[11].type, "path");
}

TEST(options, numbers_are_read_with_their_shape) {
  const auto numbers = [](const std::string& yaml) {
    return read_numbers(config::parse_yaml(yaml, "a.yaml"), "means");
  };
  EXPECT_EQ(numbers("3").shape, std::vector<std::int64_t>{});
  EXPECT_EQ(numbers("[[1, 2], [3, 4.5]]").shape, (std::vector<std::int64_t>{2, 2}));
  EXPECT_EQ(numbers("[[1, 2], [3, 4.5]]").values, (std::vector<double>{1, 2, 3, 4.5}));
  EXPECT_TRUE(
      contains(usage_error([&] { numbers("[[1, 2], [3]]"); }), "rows of 2 and of 1 entries"));
  EXPECT_TRUE(contains(usage_error([&] { numbers("[1, [2]]"); }), "mixes numbers and lists"));
  EXPECT_TRUE(contains(usage_error([&] { numbers("[[1], 2]"); }), "mixes numbers and lists"));
  EXPECT_TRUE(contains(usage_error([&] { numbers("[x]"); }), "must be numbers, found 'x'"));
}

// ---- Names ----

TEST(nearest_names, misspellings_find_their_word) {
  const std::vector<std::string> names = {"euler", "heun", "ddim", "dpmpp_2m", "dpmpp_2m_sde"};
  EXPECT_EQ(nearest_names("huen", names), std::vector<std::string>{"heun"});
  EXPECT_EQ(nearest_names("eulr", names), std::vector<std::string>{"euler"});
  EXPECT_EQ(nearest_names("dpmpp", names), (std::vector<std::string>{"dpmpp_2m", "dpmpp_2m_sde"}));
  EXPECT_TRUE(nearest_names("langevin", names).empty());
  EXPECT_TRUE(nearest_names("", names).empty());
}

TEST(nearest_names, the_nearest_comes_first_and_few_are_named) {
  EXPECT_EQ(nearest_names("abcdef", {"abcdxx", "abcdef1", "abcdeg", "abcdefg"}, 2),
            (std::vector<std::string>{"abcdef1", "abcdeg"}));
  EXPECT_EQ(did_you_mean("steps", {"step", "stepz", "stop"}), " (did you mean 'step' or 'stepz'?)");
  EXPECT_EQ(did_you_mean("zzz", {"step"}), "");
}

// ---- Registry ----

TEST(registry, two_plugins_of_one_name_are_refused) {
  Registry all;
  register_integrators(all);
  EXPECT_TRUE(
      contains(usage_error([&] { register_integrators(all); }), "two plugins call themselves"));
}

TEST(registry, defaults_of_every_plugin_are_valid) {
  registry().for_each([](const auto& catalog) {
    for (const auto& entry : catalog.entries()) {
      const config::Node defaults = entry.defaults();
      EXPECT_EQ(defaults.find("name")->text(), entry.name);
      EXPECT_FALSE(entry.summary.empty()) << entry.name;
      for (const OptionHelp& option : entry.help()) {
        EXPECT_FALSE(option.help.empty()) << entry.name << "." << option.name;
        EXPECT_NE(defaults.find(option.name), nullptr) << entry.name << "." << option.name;
      }
    }
  });
}

TEST(registry, built_plugins_show_every_option) {
  const auto built = registry().integrators.build(config::parse_yaml("{name: ddim, eta: 0.5}", "a"),
                                                  "integrator", registry());
  EXPECT_TRUE(built.options.same_as(config::parse_yaml("{name: ddim, eta: 0.5}", "b")));
  const auto heun = registry().integrators.build(config::parse_yaml("{name: heun}", "a"),
                                                 "integrator", registry());
  EXPECT_EQ(heun.options.map().size(), 5u);
}

}  // namespace
}  // namespace strang
