#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "analysis/interval.h"
#include "analysis/kernel_distance.h"
#include "analysis/precision_recall.h"
#include "core/store/group.h"

namespace strang::analysis {

// What is measured between two sets of features (analysis/feature_comparison.h; docs/features.md).
struct ComparisonOptions {
  // Repetitions of the bootstrap; absent: 1,000 where min(n, d) <= 256, else none. 0: none.
  std::optional<std::int64_t> bootstrap;
  // Whether to extrapolate to infinitely many samples; absent: where min(n, d) <= 512.
  std::optional<bool> infinity;
  std::int64_t neighbours = 5;              // of precision and recall
  std::int64_t neighbour_samples = 10'000;  // the first so many of each set enter them; 0: none
  std::int64_t kernel_subset = 1000;        // largest subset of KID; 0: no KID
};

// How far samples are from a reference. What needs feature vectors that a file does not hold, or
// more samples than there are, is absent.
struct FeatureComparison {
  std::int64_t n = 0, reference_n = 0;
  double frechet = 0;
  std::optional<Interval> interval;  // of its expectation at this n
  std::optional<Measured> infinity;
  std::optional<KernelDistance> kernel;
  std::optional<PrecisionRecall> neighbours;
};

// The result as attributes of a group of feature statistics, and back; absent where the group holds
// none.
void write_distances(const FeatureComparison& comparison, const std::string& reference,
                     store::Group group);
std::optional<FeatureComparison> read_distances(const store::Group& group);

}  // namespace strang::analysis
