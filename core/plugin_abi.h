#pragma once

#include <torch/headeronly/version.h>

// What a plugin module and the program must agree on: headers of strang, LibTorch and the compiler.
#define STRANG_ABI_STRINGIFY_(x) #x
#define STRANG_ABI_STRINGIFY(x) STRANG_ABI_STRINGIFY_(x)
#define STRANG_ABI                                                                          \
  "strang 1, libtorch " STRANG_ABI_STRINGIFY(TORCH_VERSION_MAJOR) "." STRANG_ABI_STRINGIFY( \
      TORCH_VERSION_MINOR) "." STRANG_ABI_STRINGIFY(TORCH_VERSION_PATCH) ", compiler " __VERSION__
