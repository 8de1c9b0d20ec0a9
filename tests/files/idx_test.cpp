#include "core/files/idx.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/files/gzip.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"

namespace strang::files {
namespace {

using test::contains;
using test::message_of;

class IdxTest : public testing::Test {
 protected:
  // The message about a file of these bytes.
  std::string message(const Bytes& bytes, int rank = 2) {
    write(bytes);
    return message_of<UsageError>([&] { read_idx(path_, rank); });
  }
  void write(const Bytes& bytes) {
    test::write_text(path_, std::string(bytes.begin(), bytes.end()));
  }

  const test::TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_ / "images";
  const Bytes good_ = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 11, 12, 13, 14, 255};
};

TEST_F(IdxTest, plain_and_gzip_files_give_shape_and_bytes) {
  for (const Bytes& bytes : {good_, test::gzip(good_)}) {
    write(bytes);
    const Idx idx = read_idx(path_);
    EXPECT_EQ(idx.shape, (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(idx.bytes, (Bytes{10, 11, 12, 13, 14, 255}));
  }
}

TEST_F(IdxTest, every_truncation_is_refused) {
  for (std::size_t n = 0; n < good_.size(); ++n) {
    const std::string text = message(Bytes(good_.begin(), good_.begin() + std::ptrdiff_t(n)));
    EXPECT_TRUE(contains(text, n < 4 ? "too few" : "truncated")) << n;
    EXPECT_TRUE(contains(text, "images: ")) << n;
  }
}

TEST_F(IdxTest, trailing_bytes_are_refused) {
  Bytes longer = good_;
  longer.push_back(0);
  EXPECT_TRUE(contains(message(longer), "1 bytes after the last element of the shape [2, 3]"));
}

TEST_F(IdxTest, a_wrong_magic_element_type_or_rank_is_named) {
  Bytes bytes = good_;
  bytes[0] = 0x89;
  EXPECT_TRUE(contains(message(bytes), "it starts with 89 00 08 02"));
  bytes = good_;
  bytes[2] = 0x0d;
  EXPECT_TRUE(contains(message(bytes), "element type 0x0d, allowed is 0x08"));
  EXPECT_TRUE(contains(message(good_, 3), "shape [2, 3], expected 3 axes"));
}

TEST_F(IdxTest, a_shape_beyond_64_bits_is_a_truncated_file) {
  const Bytes bytes = {0, 0, 8, 4, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0};  // 2^64
  EXPECT_TRUE(contains(message(bytes), "truncated: 0 elements for the shape [65536, 65536,"));
}

}  // namespace
}  // namespace strang::files
