#pragma once

#include <string>

namespace strang {

struct LibTorch {
  std::string version;  // "2.13.0"
  std::string path;     // of libtorch_cpu.so; "" for the one compiled against
};

// The LibTorch whose headers this was compiled with.
LibTorch compiled_libtorch();

// The LibTorch that the dynamic loader took for this process.
const LibTorch& loaded_libtorch();

// Throws Error, naming both versions and the file, unless the two have the same version: mixed
// versions crash later, in places that do not say why. The first thing that `main` does.
void check_libtorch(const LibTorch& compiled = compiled_libtorch(),
                    const LibTorch& loaded = loaded_libtorch());

}  // namespace strang
