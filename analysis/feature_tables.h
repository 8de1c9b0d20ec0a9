#pragma once

#include <string>
#include <vector>

#include "analysis/feature_distances.h"
#include "analysis/text_table.h"

namespace strang::analysis {

// The Frechet distance, with its interval where there is one.
Cell frechet_cell(const FeatureComparison& comparison);

// Feature statistics as a command line names them: a file, or FILE#KEY where it holds several.
struct StatisticsName {
  std::string file, key;

  static StatisticsName parse(const std::string& text);
};

// The distances of all others from the last one. Files are run files, those of `strang features`,
// or safetensors (read_feature_statistics). Throws UsageError for fewer than two, and where they
// cannot be compared.
TextTable make_distance_table(const std::vector<std::string>& names,
                              const ComparisonOptions& options = {});

}  // namespace strang::analysis
