#pragma once

// Marks the functions that CUDA kernels call too. Device code is compiled without contraction
// (-fmad=false), so that they give the same bits on both sides.
#ifdef __CUDACC__
#define STRANG_HOST_DEVICE __host__ __device__
#else
#define STRANG_HOST_DEVICE
#endif
