// Programs in files: every operation comes back, and a damaged file is refused, never run.

#include "core/program/program_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "core/error.h"
#include "core/program/builder.h"
#include "core/program/cost.h"
#include "core/program/listing.h"
#include "core/store/file.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"
#include "tests/program/machine.h"

namespace strang {
namespace {

using namespace test;

// One of every operation, on two slots.
Program everything() {
  Builder b(2);
  b.node(0, 1.0, 0);
  const Value known = b.input("known");
  const Value e = b.evaluate(0, 0.75, none, Part::guidance, View::output);
  const Scalar half = 0.5 * b.constant(1);
  const Value f = b.evaluate(0, 0, half.id(), Part::all, View::output);
  const Value z = b.noise(1, 0.5, 0, 1, Domain::corrector);
  const Value masked =
      b.filter({LinearOperator::Kind::mask, {3}, {1, 0.5, 0}}, Block{0.5, 0.25, 0, 1} * e + z);
  const Value free = masked.map([&](Term term) {
    term.free = b.free();
    return term;
  });
  b.record("kept", 2, 0.75, half * f + free);
  b.begin_loop();
  const Value u = b.carry(0.25 * known + masked);
  const Scalar left = b.carry(Scalar(3.0));
  const Scalar error = b.reduce({.kind = Reduce::Kind::scaled_rms,
                                 .a = u.as_atom(),
                                 .b = 0,
                                 .c = 0,
                                 .absolute = 0.1,
                                 .relative = 0.01,
                                 .across_batch = true});
  const Value kept = b.select(less(error, 1e9), 0.5 * u, u);
  b.set_next(u, kept);
  const Scalar then = left - 1;
  b.set_next(left, then);
  b.end_loop(less(0.5, then), then, 9);
  b.node(1, 0.5, u.as_atom());
  Program program = b.finish(u + free + half * f);
  program.free[0] = 0.1;
  return program;
}

struct ProgramFiles : testing::Test {
  TemporaryFolder folder;
  int files = 0;

  // A program in a file, changed by f before it is read again.
  template <class F>
  Program load(const Program& program, F f) {
    const std::string path = (folder / std::to_string(files++)).string();
    store::File file = store::File::create(path);
    save_program(program, file.root().create_group("program"));
    store::Group group = file.root().group("program");
    f(group);
    file.close();
    return load_program(store::File::open(path).root().group("program"));
  }
  template <class F>
  std::string refusal(F f) {
    return message_of<UsageError>([&] { load(everything(), f); });
  }
};

Executor::Inputs known() {
  return [](const std::string&, const at::Tensor& out, Rows) { out.fill_(0.25); };
}

TEST_F(ProgramFiles, every_operation_comes_back) {
  const Program program = everything(), loaded = load(program, [](store::Group&) {});
  EXPECT_EQ(list_operations(loaded, {17}), list_operations(program, {17}));
  EXPECT_EQ(loaded.free, program.free);
  EXPECT_EQ(loaded.operators.at(0).gains, program.operators.at(0).gains);
  const at::Tensor u = start(4, 2, 3);
  const Recorder before = execute(program, u, 3, known()), after = execute(loaded, u, 3, known());
  EXPECT_TRUE(after.final.equal(before.final));
  EXPECT_TRUE(after.records.at(0).equal(before.records.at(0)));
  EXPECT_EQ(count_cost(loaded).buffers, count_cost(program).buffers);
}

std::string text_of(const store::Attribute& value) {
  return std::visit([](const auto& v) { return fmt::format("{}", v); }, value);
}

// Type, shape, axes and content.
std::string text_of(const store::Dataset& dataset) {
  const std::string head =
      fmt::format("{} ({})", dataset.description(), fmt::join(dataset.axes(), ", "));
  if (dataset.type_name() == "string") return fmt::format("{} {}", head, dataset.read_strings());
  return fmt::format("{} {}", head, dataset.read<double>());
}

// A group, its attributes, datasets and groups.
void list(const store::Group& group, const std::string& name, std::string& text) {
  text += name + "\n";
  for (const std::string& attribute : group.attribute_names())
    text += fmt::format("  {} = {}\n", attribute, text_of(group.attribute(attribute)));
  for (const std::string& dataset : group.dataset_names())
    text += fmt::format("  {}: {}\n", dataset, text_of(group.dataset(dataset)));
  for (const std::string& child : group.group_names())
    list(group.group(child), name + "/" + child, text);
}

// Files that exist must stay readable: what a file holds is written down in
// tests/golden/program_file.txt (recorded from this code). Another layout needs another format
// number.
TEST_F(ProgramFiles, the_layout_stays_as_it_is) {
  std::string layout;
  load(everything(), [&](store::Group& group) { list(group, "program", layout); });
  std::ifstream file(STRANG_SOURCE_DIR "/tests/golden/program_file.txt");
  const std::string expected((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(layout, expected);
}

TEST_F(ProgramFiles, an_empty_program_comes_back) {
  Builder b(1);
  const Program loaded = load(b.finish(b.initial()), [](store::Group&) {});
  EXPECT_TRUE(loaded.operations.empty());
  EXPECT_EQ(loaded.result, 0);
}

TEST_F(ProgramFiles, other_formats_are_refused) {
  EXPECT_TRUE(contains(refusal([](store::Group& g) { g.set_attribute("format", std::int64_t{2}); }),
                       "the program has format 2, this version reads format 1"));
}

TEST_F(ProgramFiles, a_group_without_a_program_is_refused) {
  const std::string path = (folder / "empty").string();
  store::File file = store::File::create(path);
  file.root().create_group("program");
  file.close();
  EXPECT_NE(message_of<UsageError>(
                [&] { load_program(store::File::open(path).root().group("program")); }),
            "no exception");
}

TEST_F(ProgramFiles, counts_that_do_not_fit_are_refused) {
  const std::vector<std::pair<const char*, std::int64_t>> wrong = {
      {"slots", -1},     {"slots", 0},     {"slots", 1},      {"slots", 4},
      {"atoms", -1},     {"atoms", 0},     {"atoms", 3},      {"atoms", 1 << 30},
      {"registers", -1}, {"registers", 0}, {"registers", 2},  {"registers", 1 << 30},
      {"result", -1},    {"result", 1000}, {"operators", -1}, {"operators", 0},
      {"operators", 2}};
  for (const auto& [attribute, value] : wrong) {
    const std::string message = refusal(
        [&, name = attribute, number = value](store::Group& g) { g.set_attribute(name, number); });
    EXPECT_NE(message, "no exception") << attribute << " " << value;
  }
}

// Every number of every table of indices, replaced by what cannot be right or by what may be: the
// file is refused, or holds a program that can be listed, planned and counted.
TEST_F(ProgramFiles, damaged_tables_are_refused_or_harmless) {
  const Program program = everything();
  const std::vector<std::int64_t> bad = {
      -7, -1, 0, 5, 1000, std::int64_t{1} << 32, (std::int64_t{1} << 32) + 1};
  int refused = 0, harmless = 0;
  std::size_t next = 0;
  for (const char* table : {"kinds", "integers", "term_ids", "operands", "carried"}) {
    std::vector<std::int64_t> values;
    load(program, [&](store::Group& g) { values = g.dataset(table).read<std::int64_t>(); });
    const std::size_t stride =
        values.size() > 100 ? 3 : 1;  // still meets each of the eight columns
    for (std::size_t i = 0; i < values.size(); i += stride) {
      std::vector<std::int64_t> changed = values;
      changed[i] = bad[next++ % bad.size()];
      try {
        const Program loaded =
            load(program, [&](store::Group& g) { g.dataset(table).write(changed); });
        list_operations(loaded);
        count_cost(loaded);
        ++harmless;
      } catch (const UsageError& error) {
        EXPECT_TRUE(contains(error.what(), "the program is damaged")) << table << i;
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 50);
  EXPECT_GT(harmless, 20);
}

}  // namespace
}  // namespace strang
