#include "core/torch_check.h"

#include <ATen/Version.h>
#include <dlfcn.h>
#include <torch/version.h>

#include "core/error.h"

namespace strang {
namespace {

// The library says its version only within the text of its build settings: "TORCH_VERSION=2.13.0,".
std::string version_in(const std::string& build_settings) {
  const std::string key = "TORCH_VERSION=";
  const std::size_t begin = build_settings.find(key);
  if (begin == std::string::npos) return "unknown";
  const std::size_t first = begin + key.size();
  return build_settings.substr(first, build_settings.find_first_of(", \n", first) - first);
}

}  // namespace

LibTorch compiled_libtorch() { return {.version = TORCH_VERSION, .path = ""}; }

const LibTorch& loaded_libtorch() {
  static const LibTorch loaded = [] {  // once: dladdr looks through all symbols of the library
    Dl_info info{};
    const bool known = dladdr(reinterpret_cast<const void*>(&at::show_config), &info) != 0;
    return LibTorch{.version = version_in(at::show_config()),
                    .path = known ? info.dli_fname : "unknown"};
  }();
  return loaded;
}

void check_libtorch(const LibTorch& compiled, const LibTorch& loaded) {
  ensure(compiled.version == loaded.version,
         "strang was built with LibTorch {} but {} is LibTorch {}: unset LD_LIBRARY_PATH, or "
         "rebuild with `./strang setup`",
         compiled.version, loaded.path, loaded.version);
}

}  // namespace strang
