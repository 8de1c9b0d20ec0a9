#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace strang::files {

using Bytes = std::vector<std::uint8_t>;

// The whole file as it is. Throws UsageError naming the path if it cannot be read.
Bytes read_bytes(const std::filesystem::path& path);

// The whole file, decompressed if it starts as gzip does (its name does not matter).
Bytes read_plain_or_gzip(const std::filesystem::path& path);

// All members of a gzip stream, checksums verified. Throws UsageError("<where>: ...") if the stream
// is truncated, damaged or followed by something else.
Bytes gunzip(std::span<const std::uint8_t> compressed, std::string_view where);

}  // namespace strang::files
