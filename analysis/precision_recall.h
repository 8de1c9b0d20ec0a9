#pragma once

#include <cstdint>

#include "core/tensor_forward.h"

namespace strang::analysis {

struct PrecisionRecall {
  double precision;  // share of samples inside a ball around a real one
  double recall;     // share of real ones inside a ball around a sample
  double density;    // mean number of balls around real ones that hold a sample, over k
  double coverage;   // share of real ones whose ball holds a sample
};

// Of samples [n, d] and real vectors [m, d]. The ball around a vector reaches to its k-th nearest
// other vector of its own set, border included. Precision and recall: Kynkaanniemi et al. 2019,
// eq. 1 and 2; density and coverage: Naeem et al. 2020, eq. 4 and 5. Distances in double, in chunks
// of rows: memory O(chunk (n + m)), time O((n + m)^2 d). Throws UsageError unless n and m exceed k.
PrecisionRecall precision_recall(const at::Tensor& samples, const at::Tensor& real,
                                 std::int64_t k = 5);

}  // namespace strang::analysis
