#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/store/file.h"

namespace strang::test {

// What a sweep's folder says, to the bit, without what depends on time: of every cell its errors,
// their summaries and its samples; in the order of the cells.
inline std::vector<double> sweep_numbers(const std::filesystem::path& folder, std::size_t cells) {
  std::vector<double> all;
  for (std::size_t i = 0; i < cells; ++i) {
    const auto path = folder / fmt::format("{:03d}", i) / "run.h5";
    if (!std::filesystem::exists(path)) continue;
    const store::Group root = store::File::open(path).root();
    const auto add = [&](const std::vector<double>& v) {
      all.insert(all.end(), v.begin(), v.end());
    };
    add(root.dataset("samples/state").read<double>());
    if (!root.has("error")) continue;
    for (const char* norm : {"rmse", "linf"}) {
      const store::Dataset errors = root.dataset(std::string("error/") + norm);
      add(errors.read<double>());
      add({errors.attribute<double>("rms"), errors.attribute<double>("reference_own_error")});
      add(errors.attribute<std::vector<double>>("rms_interval"));
    }
  }
  return all;
}

// Files of a sweep's folder that its end should not leave.
inline std::vector<std::string> leftovers(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.find(".tmp") != std::string::npos || name.ends_with(".part") ||
        name.find("lease") != std::string::npos)
      names.push_back(entry.path().string());
  }
  return names;
}

}  // namespace strang::test
