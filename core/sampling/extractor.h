#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/tensor_forward.h"

namespace strang {

// A fixed map from images to feature vectors, in which distributions of images are compared.
// Immutable while it runs; rows of a batch do not influence each other, so that at a fixed batch
// size a row's bits do not depend on its neighbours.
class Extractor {
 public:
  virtual ~Extractor() = default;

  // Length of the feature vector for images of this shape [channel, row, column].
  // Throws UsageError, naming what it takes, when it cannot serve them.
  virtual std::int64_t dimension(const std::vector<std::int64_t>& image) const = 0;
  // Number of classes that it tells apart; 0: it is no classifier.
  virtual std::int64_t classes() const { return 0; }
  // SHA-256 of everything that its result depends on beside this code: its weights, or its options.
  virtual std::string hash() const = 0;

  // Writes the features of images float32 [batch, channel, row, column] with values in [-1, 1] to
  // `features`, float32 [batch, dimension]. A classifier also writes the logarithms of class
  // probabilities up to a constant to `logits`, float32 [batch, classes]; other extractors are
  // given an undefined tensor.
  virtual void extract(const at::Tensor& images, const at::Tensor& features,
                       const at::Tensor& logits) const = 0;
};

}  // namespace strang
