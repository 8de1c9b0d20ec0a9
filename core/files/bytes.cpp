#include "core/files/bytes.h"

#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <system_error>

#include "core/error.h"

namespace strang::files {
namespace {

bool is_gzip(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

// zlib's inflate over one gzip stream; its own counters are 32 bits wide, so input goes in pieces.
class Inflater {
 public:
  explicit Inflater(std::span<const std::uint8_t> input) : input_(input) {
    constexpr int gzip_only = 16 + MAX_WBITS;
    ensure(inflateInit2(&stream_, gzip_only) == Z_OK, "zlib cannot start");
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }

  bool at_end() const { return input_.empty() && stream_.avail_in == 0; }
  void next_member() { inflateReset(&stream_); }

  // Appends what one call of inflate yields and returns its status.
  int append(Bytes& output) {
    if (stream_.avail_in == 0) {
      const std::size_t piece = std::min<std::size_t>(input_.size(), std::size_t{1} << 30);
      stream_.next_in = const_cast<Bytef*>(input_.data());
      stream_.avail_in = static_cast<uInt>(piece);
      input_ = input_.subspan(piece);
    }
    stream_.next_out = buffer_.data();
    stream_.avail_out = static_cast<uInt>(buffer_.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    output.insert(output.end(), buffer_.data(), stream_.next_out);
    return status;
  }

 private:
  std::span<const std::uint8_t> input_;
  Bytes buffer_ = Bytes(1 << 18);
  z_stream stream_{};
};

}  // namespace

Bytes read_bytes(const std::filesystem::path& path) {
  std::error_code ignored;
  require(!std::filesystem::is_directory(path, ignored), "{}: a folder, expected a file",
          path.string());
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  require(file.is_open(), "{}: cannot be opened ({})", path.string(),
          std::generic_category().message(errno));
  Bytes bytes(static_cast<std::size_t>(std::max<std::streamoff>(file.tellg(), 0)));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), std::ssize(bytes));
  require(file.gcount() == std::ssize(bytes), "{}: cannot be read to its end", path.string());
  return bytes;
}

Bytes gunzip(std::span<const std::uint8_t> compressed, std::string_view where) {
  Inflater inflater(compressed);
  Bytes output;
  for (;;) {
    const int status = inflater.append(output);
    if (status == Z_OK) continue;
    require(status != Z_BUF_ERROR, "{}: the gzip stream is truncated", where);
    require(status == Z_STREAM_END, "{}: the gzip stream is damaged", where);
    if (inflater.at_end()) return output;
    inflater.next_member();
  }
}

Bytes read_plain_or_gzip(const std::filesystem::path& path) {
  Bytes bytes = read_bytes(path);
  return is_gzip(bytes) ? gunzip(bytes, path.string()) : bytes;
}

}  // namespace strang::files
