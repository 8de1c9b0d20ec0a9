#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "core/tensor.h"

namespace strang::analysis {

// Count, mean and centred second moment of feature vectors, in double.
struct Moments {
  std::int64_t n = 0;
  at::Tensor mean;     // float64 [d]
  at::Tensor scatter;  // float64 [d, d]: sum of (x - mean) (x - mean)^T

  std::int64_t dimension() const { return mean.size(0); }
  // scatter / (n - 1), as numpy.cov. Throws UsageError for n < 2.
  at::Tensor covariance() const;
};

// Of rows [n, d], float32 or float64; n may be 0.
Moments moments_of(const at::Tensor& values);

// Of both parts together (Chan, Golub & LeVeque 1983, eq. 2.1).
Moments merge(const Moments& a, const Moments& b);

// Merges the moments of fixed blocks of samples in a binary tree over the block numbers: the bits
// of the total do not depend on the order in which blocks arrive, nor on which shard had them.
class MomentTree {
 public:
  // Each block once. Throws Error for one that was added before.
  void add(std::int64_t block, Moments moments);
  // The blocks of another shard.
  void add(const MomentTree& other);

  bool empty() const { return nodes_.empty(); }
  // Of all blocks so far. Throws Error if there are none.
  Moments total() const;

 private:
  using Key = std::pair<std::int64_t, std::int64_t>;  // (level, index) covers 2^level blocks
  void insert(Key key, Moments moments);

  std::map<Key, Moments> nodes_;  // no two of them overlap, no two are siblings
};

}  // namespace strang::analysis
