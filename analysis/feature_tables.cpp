#include "analysis/feature_tables.h"

#include "analysis/feature_comparison.h"
#include "core/error.h"

namespace strang::analysis {
namespace {

FeatureStatistics read(const std::string& text, const std::string& preferred) {
  const StatisticsName name = StatisticsName::parse(text);
  return read_feature_statistics(name.file, name.key, preferred);
}

}  // namespace

Cell frechet_cell(const FeatureComparison& c) {
  return c.interval ? Cell(Measured{c.frechet, *c.interval}) : Cell(c.frechet);
}

StatisticsName StatisticsName::parse(const std::string& text) {
  const std::size_t mark = text.rfind('#');
  if (mark == std::string::npos) return {text, ""};
  return {text.substr(0, mark), text.substr(mark + 1)};
}

TextTable make_distance_table(const std::vector<std::string>& names,
                              const ComparisonOptions& options) {
  require(names.size() >= 2,
          "a distance needs two files of feature statistics, the reference last; found {}",
          names.size());
  const FeatureStatistics reference = read(names.back(), "");
  TextTable table({{"file", Align::left},
                   {"extractor", Align::left},
                   {"n"},
                   {"reference n"},
                   {"Frechet [95 %]"},
                   {"at infinity [95 %]"},
                   {"KID"},
                   {"its error"},
                   {"precision"},
                   {"recall"},
                   {"density"},
                   {"coverage"}});
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    const FeatureStatistics samples = read(names[i], reference.extractor);
    const FeatureComparison c = compare_features(samples, reference, options);
    std::vector<Cell> row = {names[i],
                             samples.extractor.empty() ? reference.extractor : samples.extractor,
                             c.n, c.reference_n, frechet_cell(c)};
    row.push_back(c.infinity ? Cell(*c.infinity) : Cell());
    if (c.kernel) row.insert(row.end(), {c.kernel->value, c.kernel->standard_error});
    row.resize(8);
    if (c.neighbours)
      row.insert(row.end(), {c.neighbours->precision, c.neighbours->recall, c.neighbours->density,
                             c.neighbours->coverage});
    row.resize(12);
    table.add_row(row);
  }
  return table;
}

}  // namespace strang::analysis
