#pragma once

#include "core/program/block.h"

namespace strang {

// The matrix exponential, by scaling and squaring of its Taylor series: relative error of some
// 1e-15 for norms below 1.
Block exponential(const Block& a);

}  // namespace strang
