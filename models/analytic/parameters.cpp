#include "models/analytic/parameters.h"

#include <cmath>

#include "core/error.h"
#include "core/store/hdf5.h"

namespace strang {
namespace {

// `place` is what the message starts with.
NumberArray require_finite(NumberArray array, const std::string& place) {
  for (const double value : array.values)
    require(std::isfinite(value), "{} holds {}: it must hold finite numbers", place, value);
  return array;
}

}  // namespace

void Parameters::fields(OptionVisitor& v) {
  v.path("file", file, "HDF5 file with the parameters that are not given here");
  v.field("group", group,
          "the group of the file that holds them, as datasets named like the options");
}

std::optional<NumberArray> Parameters::find(const std::string& name,
                                            const config::Node& option) const {
  if (!option.is_null())
    return require_finite(read_numbers(option, "model." + name),
                          fmt::format("{}: 'model.{}'", option.origin().describe(), name));
  if (file.empty()) return std::nullopt;
  const store::Group stored = store::File::open(file).root().group(group);
  if (!stored.has(name)) return std::nullopt;
  const store::Dataset dataset = stored.dataset(name);
  return require_finite({dataset.shape(), dataset.read<double>()}, dataset.where());
}

NumberArray Parameters::read(const std::string& name, const config::Node& option) const {
  std::optional<NumberArray> numbers = find(name, option);
  require(numbers.has_value(),
          "model.{} is not set: give numbers, or model.file (and model.group) with a "
          "dataset '{}'{}",
          name, name, file.empty() ? "" : fmt::format("; {} has none in group '{}'", file, group));
  return *std::move(numbers);
}

void require_shape(const std::string& name, const NumberArray& array,
                   const std::vector<std::int64_t>& expected) {
  require(array.shape == expected, "model.{} has the shape [{}], but must be [{}]", name,
          fmt::join(array.shape, ", "), fmt::join(expected, ", "));
}

}  // namespace strang
