// Images and labels from idx files written here.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "core/sampling/samples.h"
#include "tests/processes/plugins.h"

namespace strang {
namespace {

class IdxDatasetTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = std::filesystem::temp_directory_path() / fmt::format("strang_idx_{}", getpid());
    std::filesystem::create_directories(folder);
    std::string pixels;
    for (int i = 0; i < 4 * 2 * 3; ++i) pixels += static_cast<char>(i * 11);
    write("images", std::string("\0\0\x08\x03\0\0\0\x04\0\0\0\x02\0\0\0\x03", 16) + pixels);
    write("labels", std::string("\0\0\x08\x01\0\0\0\x04\x07\x01\x09\x02", 12));
    write("short_labels", std::string("\0\0\x08\x01\0\0\0\x02\x07\x01", 10));
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder / name, std::ios::binary) << bytes;
  }
  Samples load(const std::string& images, const std::string& options) const {
    return test::dataset("{name: idx, images: " + (folder / images).string() + options + "}")
        ->load();
  }
  std::string labels(const std::string& name) const {
    return ", labels: " + (folder / name).string();
  }

  std::filesystem::path folder;
};

TEST_F(IdxDatasetTest, bytes_become_numbers_from_minus_one_to_one) {
  const Samples samples = load("images", labels("labels"));
  ASSERT_EQ(samples.values.sizes(), (std::vector<std::int64_t>{4, 1, 2, 3}));
  EXPECT_EQ(samples.values.scalar_type(), at::kFloat);
  for (int i = 0; i < 24; ++i)
    EXPECT_EQ(samples.values.view(-1)[i].item<float>(),
              static_cast<float>(static_cast<unsigned char>(i * 11) / 127.5 - 1));
  EXPECT_TRUE(samples.labels.equal(at::tensor({7, 1, 9, 2}, at::kLong)));
}

TEST_F(IdxDatasetTest, takes_a_range) {
  const Samples all = load("images", labels("labels"));
  const Samples part = load("images", labels("labels") + ", offset: 1, count: 2");
  EXPECT_TRUE(part.values.equal(all.values.narrow(0, 1, 2)));
  EXPECT_TRUE(part.labels.equal(all.labels.narrow(0, 1, 2)));
  EXPECT_FALSE(load("images", "").labels.defined());
}

TEST_F(IdxDatasetTest, messages_start_with_the_option_to_set) {
  const auto starts = [&](const std::string& images, const std::string& options,
                          const std::string& start) {
    const std::string message = test::usage_error([&] { load(images, options); });
    EXPECT_EQ(message.rfind(start, 0), 0u) << message;
  };
  starts("nothing", "", "images: there is no file");
  starts("labels", "", "images: ");
  starts("images", labels("images"), "labels: ");
  starts("images", labels("short_labels"), "labels: ");
  starts("images", ", offset: 4", "offset: ");
  starts("images", ", offset: 2, count: 3", "count: ");
}

}  // namespace
}  // namespace strang
