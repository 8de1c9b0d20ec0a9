#pragma once

#include "analysis/feature_distances.h"
#include "analysis/feature_statistics.h"

namespace strang::analysis {

// Throws UsageError where the two cannot be compared.
FeatureComparison compare_features(const FeatureStatistics& samples,
                                   const FeatureStatistics& reference,
                                   const ComparisonOptions& options = {});

}  // namespace strang::analysis
