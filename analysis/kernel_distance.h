#pragma once

#include <cstdint>

#include "core/tensor_forward.h"

namespace strang::analysis {

struct KernelDistance {
  double value;
  double standard_error;
  std::int64_t subsets;
  std::int64_t subset_size;
};

// The unbiased squared maximum mean discrepancy of x [n, d] and y [m, d] with the kernel
// (x.y / d + 1)^3 (Binkowski et al. 2018, section 4). May be negative.
double polynomial_mmd(const at::Tensor& x, const at::Tensor& y);

// KID: its mean over fixed disjoint subsets of both, so that the subsets' values are independent
// and their standard error is honest: at least 10 subsets, of at most `largest` samples each.
// Throws UsageError for fewer than 20 samples in either.
KernelDistance kernel_distance(const at::Tensor& x, const at::Tensor& y,
                               std::int64_t largest = 1000);

}  // namespace strang::analysis
