#include "core/plugin_loader.h"

#include <dlfcn.h>

#include <filesystem>
#include <string_view>

#include "core/error.h"
#include "core/plugin_abi.h"

namespace strang {

void load_plugin(const std::string& path, Registry& registry) {
  require(std::filesystem::exists(path), "plugin '{}': no such file", path);
  // An absolute path keeps the search in library folders out.
  const std::string absolute = std::filesystem::absolute(path).string();
  void* module = dlopen(absolute.c_str(), RTLD_NOW | RTLD_LOCAL);
  require(module != nullptr, "plugin '{}' cannot be loaded: {}", path, module ? "" : dlerror());
  const auto abi = reinterpret_cast<const char* (*)()>(dlsym(module, "strang_plugin_abi"));
  const auto enrol = reinterpret_cast<void (*)(Registry&)>(dlsym(module, "strang_plugin_register"));
  require(abi != nullptr && enrol != nullptr,
          "'{}' is no plugin of strang: compile it with STRANG_PLUGIN_MODULE defined and one "
          "registration",
          path);
  require(std::string_view(abi()) == STRANG_ABI,
          "plugin '{}' was built for [{}], this program is [{}]: build it again", path, abi(),
          STRANG_ABI);
  enrol(registry);
}

}  // namespace strang
