#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/files/bytes.h"
#include "core/tensor_forward.h"

namespace strang::files {

// The tensors of a safetensors file: 8 bytes little-endian length, a JSON header of that length
// (name -> dtype, shape, data_offsets; "__metadata__" -> strings), then the packed little-endian
// elements.
//
// The file is distrusted: `read` throws UsageError, naming the file and the tensor, what was found
// and what is allowed, for a truncated file, a header that is too long, no JSON, nested or holds a
// name twice, an unknown element type, a shape that overflows or does not go with its offsets,
// offsets outside the data, and tensors that overlap or leave gaps.
class Safetensors {
 public:
  static Safetensors read(const std::filesystem::path& path);

  std::vector<std::string> names() const;  // sorted
  bool has(const std::string& name) const { return entries_.count(name) != 0; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  const std::string& sha256() const { return sha256_; }  // of the whole file
  const std::string& where() const { return where_; }    // the file, for messages

  // A copy of one tensor, as it is stored (F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL).
  // Throws UsageError with the nearest names if there is none.
  at::Tensor tensor(const std::string& name) const;
  // The same; throws UsageError as well unless it has this shape.
  at::Tensor tensor(const std::string& name, const std::vector<std::int64_t>& shape) const;

 private:
  struct Entry {
    at::ScalarType type;
    std::vector<std::int64_t> shape;
    std::size_t begin, end;  // in bytes_
  };

  Safetensors() = default;
  void parse_header(std::size_t length);
  void check_layout(std::size_t data) const;

  std::string where_, sha256_;
  Bytes bytes_;
  std::map<std::string, Entry> entries_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace strang::files
