// Takes the place of cuda_kernels.cu in builds without CUDA.

#include "core/error.h"
#include "core/program/cuda/cuda_kernels.h"

namespace strang::cuda {

const bool built = false;

const Kernels& kernels() { throw Error("this build has no CUDA kernels"); }

}  // namespace strang::cuda
