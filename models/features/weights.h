#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/files/safetensors.h"
#include "core/tensor.h"

namespace strang {

// The weights of an extractor from a safetensors file, float32. Errors name the option that names
// the file. All functions throw UsageError for a tensor that is missing or has another shape.
class Weights {
 public:
  // Throws UsageError if no file is set, or there is none, or it is not sound.
  static Weights read(const std::string& path);

  const std::string& hash() const { return file_.sha256(); }
  bool has(const std::string& name) const { return file_.has(name); }
  at::Tensor tensor(const std::string& name, const std::vector<std::int64_t>& shape) const;

 private:
  explicit Weights(files::Safetensors file) : file_(std::move(file)) {}
  files::Safetensors file_;
};

// A convolution; an undefined bias is none.
struct Convolution {
  at::Tensor weight, bias;
  std::int64_t stride = 1, padding = 0;

  at::Tensor operator()(const at::Tensor& x) const;
};

// Batch normalisation with stored statistics, folded into y = scale x + shift for each channel
// (axis 1); eps 1e-5.
struct Normalisation {
  static Normalisation read(const Weights& weights, const std::string& name, std::int64_t channels);

  at::Tensor scale, shift;

  at::Tensor operator()(const at::Tensor& x) const;
};

// Throws UsageError unless `image` is the shape [channel, row, column] that the extractor takes,
// where -1 stands for any length.
void require_image(const std::string& extractor, const std::vector<std::int64_t>& image,
                   const std::vector<std::int64_t>& expected);

}  // namespace strang
