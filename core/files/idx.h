#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/files/bytes.h"

namespace strang::files {

// An array of bytes in LeCun's idx format (MNIST): images [n, height, width] or labels [n].
struct Idx {
  std::vector<std::int64_t> shape;
  Bytes bytes;  // row-major, as many as the shape says
};

// Reads an idx file, plain or gzip. The format: two zero bytes, element type (0x08: unsigned byte,
// the only one allowed), number of axes, a big-endian 32-bit length for each, then the elements.
// Throws UsageError, naming the file, what was found and what is allowed, if it is truncated, is no
// idx file, has another element type, or goes on after its last element.
Idx read_idx(const std::filesystem::path& path);

// The same; throws UsageError as well unless it has `rank` axes.
Idx read_idx(const std::filesystem::path& path, int rank);

}  // namespace strang::files
