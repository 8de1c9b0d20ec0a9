// Sound files, and malformed ones: each must be refused with one message that says what is wrong.

#include "core/files/safetensors.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/tensor.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"

namespace strang::files {
namespace {

std::string with_length(std::uint64_t length, const std::string& rest) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(length >> (8 * i) & 0xff);
  return bytes + rest;
}

std::string file_of(const std::string& header, const std::string& data) {
  return with_length(header.size(), header + data);
}

class SafetensorsTest : public testing::Test {
 protected:
  Safetensors read(const std::string& bytes) const {
    test::write_text(folder / "w.safetensors", bytes);
    return Safetensors::read(folder / "w.safetensors");
  }
  // The message must name the file and hold the part.
  void refuses(const std::string& bytes, const std::string& part) const {
    const std::string message = test::message_of<UsageError>([&] { read(bytes); });
    EXPECT_TRUE(test::contains(message, "w.safetensors: ")) << message;
    EXPECT_TRUE(test::contains(message, part));
  }

  test::TemporaryFolder folder;
};

// float32 1, 2 and uint8 7, 8, 9.
const std::string header = R"({"__metadata__":{"source":"here"},)"
                           R"("b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]},)"
                           R"("a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}  )";
const std::string data("\0\0\x80\x3f\0\0\0\x40\x07\x08\x09", 11);

TEST_F(SafetensorsTest, tensors_and_metadata_are_read) {
  const Safetensors file = read(file_of(header, data));
  EXPECT_EQ(file.names(), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(file.tensor("a", {2, 1}).equal(at::tensor({1.0f, 2.0f}).view({2, 1})));
  EXPECT_TRUE(file.tensor("b").equal(at::tensor({7, 8, 9}, at::kByte)));
  EXPECT_EQ(file.metadata().at("source"), "here");
  EXPECT_EQ(file.sha256().size(), 64u);
  EXPECT_TRUE(test::contains(test::message_of<UsageError>([&] { file.tensor("bb"); }),
                             "no tensor 'bb' (did you mean 'b'"));
  EXPECT_TRUE(test::contains(test::message_of<UsageError>([&] {
                               file.tensor("a", {1, 2});
                             }),
                             "a: shape [2, 1], expected [1, 2]"));
}

TEST_F(SafetensorsTest, scalars_and_empty_tensors_are_read) {
  const Safetensors file =
      read(file_of(R"({"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
                   R"("e":{"dtype":"F64","shape":[0,4],"data_offsets":[8,8]}})",
                   std::string("\x05\0\0\0\0\0\0\0", 8)));
  EXPECT_EQ(file.tensor("n").item<std::int64_t>(), 5);
  EXPECT_EQ(file.tensor("e").sizes().vec(), (std::vector<std::int64_t>{0, 4}));
  EXPECT_TRUE(read(file_of("{}", "")).names().empty());
}

TEST_F(SafetensorsTest, every_truncation_is_refused) {
  const std::string whole = file_of(header, data);
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_THROW(read(whole.substr(0, length)), UsageError) << length;
  refuses(whole + "x", "1 bytes after the last tensor");
}

TEST_F(SafetensorsTest, a_damaged_frame_is_refused) {
  refuses("\x01\x02", "too few");
  refuses(with_length(~0ull, "{}"), "header would have");
  refuses(with_length(200'000'000, "{}"), "header would have");
  refuses(with_length(3, "{}"), "truncated");
  refuses(file_of("", ""), "no JSON");
  refuses(file_of("[]", ""), "must be a JSON object");
  refuses(file_of("{\"a\":", ""), "no JSON");
  refuses(file_of("{\"a\xff\":{}}", ""), "no JSON");
  refuses(file_of(std::string(50'000, '['), ""), "nested too deeply");
  refuses(file_of(R"({"a":{"dtype":"U8","shape":[[1]],"data_offsets":[0,1]}})", "x"), "nested");
}

TEST_F(SafetensorsTest, a_wrong_tensor_is_refused_by_name) {
  const auto one = [&](const std::string& body, const std::string& part) {
    refuses(file_of("{\"w\":" + body + "}", "12345678"), part);
  };
  one(R"(7)", "w: must be a JSON object");
  one(R"({"shape":[8],"data_offsets":[0,8]})", "w: has no 'dtype'");
  one(R"({"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]})", "w: dtype 'F8_E4M3'; allowed are");
  one(R"({"dtype":"U8","data_offsets":[0,8]})", "w: 'shape' must be a list");
  one(R"({"dtype":"U8","shape":[8]})", "w: 'data_offsets' must be a list");
  one(R"({"dtype":"U8","shape":[-8],"data_offsets":[0,8]})", "'shape' holds -8");
  one(R"({"dtype":"U8","shape":[8.0],"data_offsets":[0,8]})", "'shape' holds 8.0");
  one(R"({"dtype":"U8","shape":[8],"data_offsets":[0,8,9]})", "begin and an end");
  one(R"({"dtype":"U8","shape":[8],"data_offsets":[8,0]})", "begin and an end");
  one(R"({"dtype":"U8","shape":[8],"data_offsets":[0,18446744073709551615]})", "holds 1844");
  one(R"({"dtype":"U8","shape":[9],"data_offsets":[0,9]})", "ends at byte 9");
  one(R"({"dtype":"F32","shape":[8],"data_offsets":[0,8]})", "needs 32 bytes, its offsets span 8");
  one(R"({"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,8]})", "overflows");
  one(R"({"dtype":"F64","shape":[0,4294967296,4294967296],"data_offsets":[0,0]})", "overflows");
  one(R"({"dtype":"U8","shape":[8],"data_offsets":[0,8],"shape":[8]})", "'shape' twice");
}

TEST_F(SafetensorsTest, overlaps_gaps_and_double_names_are_refused) {
  const auto two = [&](const std::string& first, const std::string& second, const std::string& name,
                       const std::string& part) {
    refuses(file_of(R"({"a":{"dtype":"U8",)" + first + R"(},")" + name + R"(":{"dtype":"U8",)" +
                        second + "}}",
                    "12345678"),
            part);
  };
  two(R"("shape":[5],"data_offsets":[0,5])", R"("shape":[5],"data_offsets":[3,8])", "b",
      "b: overlaps");
  two(R"("shape":[8],"data_offsets":[0,8])", R"("shape":[8],"data_offsets":[0,8])", "b",
      "overlaps");
  two(R"("shape":[3],"data_offsets":[0,3])", R"("shape":[4],"data_offsets":[4,8])", "b",
      "b: begins at byte 4, but the data before it end at 3: a gap");
  two(R"("shape":[4],"data_offsets":[0,4])", R"("shape":[4],"data_offsets":[4,8])", "a",
      "'a' twice");
}

TEST_F(SafetensorsTest, a_missing_file_is_named) {
  EXPECT_TRUE(test::contains(
      test::message_of<UsageError>([&] { Safetensors::read(folder / "none.safetensors"); }),
      "none.safetensors"));
}

}  // namespace
}  // namespace strang::files
