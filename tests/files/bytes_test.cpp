#include "core/files/bytes.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/files/gzip.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"

namespace strang::files {
namespace {

using test::contains;
using test::gzip;
using test::message_of;

Bytes sample() {
  Bytes bytes;
  for (std::uint32_t i = 0; i < 700000; ++i)
    bytes.push_back(static_cast<std::uint8_t>((i * i) >> 7));
  return bytes;
}

TEST(Bytes, a_file_is_read_whole_whether_plain_or_gzip) {
  const test::TemporaryFolder folder;
  const Bytes plain = sample(), packed = gzip(plain);
  test::write_text(folder / "plain", std::string(plain.begin(), plain.end()));
  test::write_text(folder / "packed", std::string(packed.begin(), packed.end()));
  EXPECT_EQ(read_plain_or_gzip(folder / "plain"), plain);
  EXPECT_EQ(read_plain_or_gzip(folder / "packed"), plain);
  EXPECT_EQ(read_bytes(folder / "packed"), packed);
}

TEST(Bytes, gzip_members_are_concatenated) {
  Bytes two = gzip({1, 2, 3});
  const Bytes second = gzip({4, 5});
  two.insert(two.end(), second.begin(), second.end());
  EXPECT_EQ(gunzip(two, "x"), (Bytes{1, 2, 3, 4, 5}));
}

TEST(Bytes, every_truncation_of_a_gzip_stream_is_refused) {
  const Bytes packed = gzip({1, 2, 3, 4, 5, 6, 7});
  for (std::size_t n = 0; n < packed.size(); ++n)
    EXPECT_TRUE(
        contains(message_of<UsageError>([&] { gunzip(std::span(packed).first(n), "a.gz"); }),
                 "a.gz: the gzip stream is truncated"))
        << n;
}

TEST(Bytes, a_wrong_checksum_and_trailing_bytes_are_refused) {
  Bytes packed = gzip({1, 2, 3, 4, 5, 6, 7});
  packed.push_back(0);
  EXPECT_THROW(gunzip(packed, "a.gz"), UsageError);
  packed.pop_back();
  packed[packed.size() - 8] ^= 1;
  EXPECT_TRUE(contains(message_of<UsageError>([&] { gunzip(packed, "a.gz"); }), "damaged"));
}

TEST(Bytes, a_missing_file_and_a_folder_are_named) {
  const test::TemporaryFolder folder;
  EXPECT_TRUE(contains(message_of<UsageError>([&] { read_bytes(folder / "none"); }),
                       "none: cannot be opened (No such file or directory)"));
  EXPECT_TRUE(contains(message_of<UsageError>([&] { read_bytes(folder.path()); }), "a folder"));
}

}  // namespace
}  // namespace strang::files
