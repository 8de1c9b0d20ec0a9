// The program in a process of its own, against the wrong inputs of cases.yaml.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "core/config/yaml.h"
#include "core/store/file.h"
#include "tests/files/gzip.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"
#include "tests/support/program.h"

namespace strang {
namespace {

using config::Node;
using test::contains;
using test::read_text;
using test::write_text;

std::string idx(std::vector<unsigned char> lengths, std::size_t bytes) {
  std::string text = {0, 0, 8, static_cast<char>(lengths.size())};
  for (const unsigned char length : lengths) text += {0, 0, 0, static_cast<char>(length)};
  return text + std::string(bytes, '\7');
}

std::string gz(const std::string& text) {
  const files::Bytes bytes = test::gzip(files::Bytes(text.begin(), text.end()));
  return {bytes.begin(), bytes.end()};
}

void make_states(const std::filesystem::path& path) {
  store::File file = store::File::create(path);
  store::Group root = file.root();
  std::vector<double> values(8 * 3);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.1 * static_cast<double>(i);
  root.write("three", {{"sample", 8}, {"other", 3}}, values);
  values.resize(8 * 2);
  root.write("good", {{"sample", 8}, {"component", 2}}, values);
  values[5] = std::nan("");
  root.write("nan", {{"sample", 8}, {"component", 2}}, values);
  root.write("draws", {{"draw", 2}, {"sample", 8}, {"component", 2}}, std::vector<double>(32, 0.5));
  root.write_strings("words", "word", {"a", "b"});
  root.create_group("group");
  root.create_group("bad").write("mean", {{"component", 2}},
                                 std::vector<double>{0.5, std::nan("")});
  file.close();
}

// What the cases refer to.
void make_files(const std::filesystem::path& folder) {
  make_states(folder / "states.h5");
  const std::string states = read_text(folder / "states.h5");
  write_text(folder / "cut.h5", states.substr(0, states.size() / 2));
  write_text(folder / "text.txt", "these are words\n");
  const std::string header = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  const auto length = [](std::size_t n) {
    return std::string(1, static_cast<char>(n)) + std::string(7, '\0');
  };
  write_text(folder / "cut.safetensors", length(header.size()) + header + "1234");
  write_text(folder / "other.safetensors", length(header.size()) + header + "12345678");
  const std::string images = idx({2, 8, 8}, 128), packed = gz(images);
  write_text(folder / "images.idx", images);
  write_text(folder / "cut.idx", images.substr(0, 100));
  write_text(folder / "labels.idx", idx({3}, 3));
  write_text(folder / "cut.gz", packed.substr(0, packed.size() - 9));
  std::string damaged = packed;
  damaged[packed.size() - 6] ^= 0x55;  // in the checksum
  write_text(folder / "damaged.gz", damaged);
  write_text(folder / "misspelt.yaml", "defaults:\n  - config\n  - _self_\n\nsampels: 3\n");
  write_text(folder / "broken.yaml", "steps: 3\n  samples: [1\n");
  for (const char* name : {"taken", "other", "empty"})
    std::filesystem::create_directory(folder / name);
  write_text(folder / "other" / "run.h5", "of somebody else");
  const test::Program done(
      folder, {"run", "~sweep", "samples=8", "steps=2", "output=taken", "reference=null"});
  ASSERT_EQ(done.wait(), 0) << done.errors();
}

std::string replaced(std::string text, const std::string& mark, const std::string& by) {
  const std::size_t at = text.find(mark);
  return at == std::string::npos ? text : text.replace(at, mark.size(), by);
}

class Messages : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new test::TemporaryFolder;
    make_files(folder_->path());
  }
  static void TearDownTestSuite() { delete folder_; }

  static void check(const Node& wrong) {
    SCOPED_TRACE(wrong.find("name")->text());
    std::vector<std::string> arguments;
    for (const Node& word : wrong.find("run")->list())
      arguments.push_back(replaced(word.text(), "{modules}", MODULES));
    const bool placed = std::any_of(arguments.begin(), arguments.end(),
                                    [](const auto& word) { return word.starts_with("output="); });
    if (arguments[0] == "run" && !placed) arguments.emplace_back("output=out");
    const Node *limit = wrong.find("limit_kib"), *kept = wrong.find("keeps");
    const std::filesystem::path precious = *folder_ / (kept == nullptr ? "text.txt" : kept->text());
    const std::string before = read_text(precious);
    const test::Program program(folder_->path(), arguments,
                                limit == nullptr ? 0 : limit->integer());
    const int status = program.wait();
    const std::string errors = program.errors();
    EXPECT_EQ(status, wrong.find("status")->integer()) << errors;
    expect_one_message(errors);
    for (const Node& text : wrong.find("says")->list()) EXPECT_TRUE(contains(errors, text.text()));
    EXPECT_FALSE(std::filesystem::exists(*folder_ / "out" / "run.h5"));
    EXPECT_EQ(read_text(precious), before);
    std::filesystem::remove_all(*folder_ / "out");
  }

  // One line, or also the text with the place in it, indented.
  static void expect_one_message(const std::string& errors) {
    std::istringstream lines(errors);
    int messages = 0;
    for (std::string line; std::getline(lines, line);) {
      const bool starts = line.starts_with("strang: ");
      messages += starts ? 1 : 0;
      const bool progress = messages == 0;  // what the run showed before it failed
      EXPECT_TRUE(starts || progress || line.starts_with("  ")) << errors;
    }
    EXPECT_EQ(messages, 1) << errors;
  }

  static test::TemporaryFolder* folder_;
};
test::TemporaryFolder* Messages::folder_ = nullptr;

TEST_F(Messages, every_wrong_input_is_one_message_with_its_place) {
  const Node cases = config::read_yaml_file(STRANG_SOURCE_DIR "/tests/messages/cases.yaml");
  EXPECT_GE(cases.list().size(), 40U);
  for (const Node& wrong : cases.list()) check(wrong);
}

}  // namespace
}  // namespace strang
