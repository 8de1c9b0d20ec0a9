#include "core/files/idx.h"

#include <span>

#include "core/error.h"

namespace strang::files {
namespace {

constexpr std::uint8_t unsigned_byte = 0x08;

std::int64_t big_endian(std::span<const std::uint8_t> bytes) {
  return std::int64_t{bytes[0]} << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

// The number of elements, or `limit` + 1 if there are more than `limit`.
std::int64_t bounded_count(const std::vector<std::int64_t>& shape, std::int64_t limit) {
  std::int64_t count = 1;
  for (const std::int64_t length : shape) {
    if (length == 0) return 0;
    count = count > limit / length ? limit + 1 : count * length;
  }
  return count;
}

}  // namespace

Idx read_idx(const std::filesystem::path& path) {
  const std::string where = path.string();
  Bytes bytes = read_plain_or_gzip(path);
  const std::span<const std::uint8_t> all(bytes);
  require(all.size() >= 4, "{}: {} bytes are too few for an idx file", where, all.size());
  require(
      all[0] == 0 && all[1] == 0 && all[3] > 0,
      "{}: not an idx file: it starts with {:02x} {:02x} {:02x} {:02x}, expected 00 00 08 and the "
      "number of axes",
      where, all[0], all[1], all[2], all[3]);
  require(all[2] == unsigned_byte, "{}: idx element type 0x{:02x}, allowed is 0x08 (unsigned byte)",
          where, all[2]);
  const std::size_t header = 4 + 4 * std::size_t{all[3]};
  require(all.size() >= header, "{}: truncated: {} bytes, the header alone has {}", where,
          all.size(), header);
  std::vector<std::int64_t> shape;
  for (std::size_t at = 4; at < header; at += 4) shape.push_back(big_endian(all.subspan(at, 4)));
  const auto found = static_cast<std::int64_t>(all.size() - header);
  const std::int64_t expected = bounded_count(shape, found);
  require(found >= expected, "{}: truncated: {} elements for the shape [{}]", where, found,
          fmt::join(shape, ", "));
  require(found == expected, "{}: {} bytes after the last element of the shape [{}]", where,
          found - expected, fmt::join(shape, ", "));
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(header));
  return {std::move(shape), std::move(bytes)};
}

Idx read_idx(const std::filesystem::path& path, int rank) {
  Idx idx = read_idx(path);
  require(std::ssize(idx.shape) == rank, "{}: shape [{}], expected {} axes", path.string(),
          fmt::join(idx.shape, ", "), rank);
  return idx;
}

}  // namespace strang::files
