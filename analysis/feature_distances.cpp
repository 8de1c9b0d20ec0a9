#include "analysis/feature_distances.h"

#include <vector>

#include "core/error.h"

namespace strang::analysis {
namespace {

Interval read_interval(const store::Group& group, const std::string& name) {
  const auto bounds = group.attribute<std::vector<double>>(name);
  require(bounds.size() == 2, "{}: attribute '{}' must hold two numbers, found {}", group.where(),
          name, bounds.size());
  return {bounds[0], bounds[1]};
}

}  // namespace

void write_distances(const FeatureComparison& c, const std::string& reference, store::Group group) {
  const auto interval = [](const Interval& i) { return std::vector{i.low, i.high}; };
  group.set_attribute("reference", reference);
  group.set_attribute("reference_n", c.reference_n);
  group.set_attribute("fid", c.frechet);
  if (c.interval) group.set_attribute("fid_interval", interval(*c.interval));
  if (c.infinity) {
    group.set_attribute("fid_infinity", c.infinity->value);
    group.set_attribute("fid_infinity_interval", interval(c.infinity->interval));
  }
  if (c.kernel) {
    group.set_attribute("kid", c.kernel->value);
    group.set_attribute("kid_standard_error", c.kernel->standard_error);
    group.set_attribute("kid_subsets", c.kernel->subsets);
    group.set_attribute("kid_subset_size", c.kernel->subset_size);
  }
  if (c.neighbours) {
    group.set_attribute("precision", c.neighbours->precision);
    group.set_attribute("recall", c.neighbours->recall);
    group.set_attribute("density", c.neighbours->density);
    group.set_attribute("coverage", c.neighbours->coverage);
  }
}

std::optional<FeatureComparison> read_distances(const store::Group& group) {
  if (!group.has_attribute("fid")) return std::nullopt;
  const auto number = [&](const char* name) { return group.attribute<double>(name); };
  const auto count = [&](const char* name) { return group.attribute<std::int64_t>(name); };
  FeatureComparison c{
      .n = count("n"), .reference_n = count("reference_n"), .frechet = number("fid")};
  if (group.has_attribute("fid_interval")) c.interval = read_interval(group, "fid_interval");
  if (group.has_attribute("fid_infinity"))
    c.infinity = {number("fid_infinity"), read_interval(group, "fid_infinity_interval")};
  if (group.has_attribute("kid"))
    c.kernel = {number("kid"), number("kid_standard_error"), count("kid_subsets"),
                count("kid_subset_size")};
  if (group.has_attribute("precision"))
    c.neighbours = {number("precision"), number("recall"), number("density"), number("coverage")};
  return c;
}

}  // namespace strang::analysis
