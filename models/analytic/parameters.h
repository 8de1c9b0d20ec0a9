#pragma once

#include <optional>
#include <string>

#include "core/options.h"

namespace strang {

// Numbers that parametrise a model: each is an option, or a dataset of the same name in a group of
// an HDF5 file.
struct Parameters {
  std::string file, group = "/";

  void fields(OptionVisitor& v);

  // The option's numbers if it is set, else those of the dataset `name`; absent if there is
  // neither. Throws UsageError for anything that is no array of numbers, and where the file cannot
  // be read.
  std::optional<NumberArray> find(const std::string& name, const config::Node& option) const;
  // The same, but throws UsageError naming the option when there is neither.
  NumberArray read(const std::string& name, const config::Node& option) const;
};

// Throws UsageError naming the parameter unless its shape is `expected`.
void require_shape(const std::string& name, const NumberArray& array,
                   const std::vector<std::int64_t>& expected);

}  // namespace strang
