#pragma once

#include "core/program/kernels.h"

namespace strang::cuda {

extern const bool built;  // whether the build has them

// Throws Error: CUDA compilers do not read fmt's headers, which core/error.h includes.
[[noreturn]] void fail(const char* message);

// The kernels of the current CUDA device, in order with LibTorch's own on the default stream.
// Failures of the device are thrown as Error by the call that first sees them. Where CUDA was not
// built: throws.
const Kernels& kernels();

}  // namespace strang::cuda
