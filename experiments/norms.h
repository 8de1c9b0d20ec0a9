#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/tensor_forward.h"

namespace strang {

// The error norms that a spec may ask for: "rmse", the root mean square over slots and elements of
// a sample, and "linf", the largest absolute value; with "_position" or "_momentum" of one slot.
const std::vector<std::string>& norm_names();

// Those that exist for a process with so many slots.
std::vector<std::string> norms_for(int slots);

// The distance between rows [0, rows) of two states [batch, slot, event...] of one element type
// (float32 or float64), in double.
void distances(const std::string& norm, const at::Tensor& a, const at::Tensor& b, std::int64_t rows,
               double* out);

}  // namespace strang
