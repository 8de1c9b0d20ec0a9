#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/feature_distances.h"
#include "core/store/group.h"
#include "experiments/experiment.h"
#include "experiments/features.h"

namespace strang {

// The features of one run: keeps its first results, measures them when it is over, and writes
// /features/<extractor>. Does nothing where the spec asks for none.
class RunFeatures {
 public:
  // Reads or computes what the samples are compared with. Throws UsageError where that is wrong.
  // The experiment outlives this.
  RunFeatures(const Experiment& experiment, const Registry& registry,
              FeatureReferences& references);

  bool wanted() const { return keeper_.has_value(); }
  ResultKeeper& keeper() { return *keeper_; }

  // A shard extracts, and writes what it has; the whole run takes it from its shards.
  void write_extracted(store::Group& root);
  void take_extracted(const store::Group& root);

  void measure();
  void write(store::Group& root) const;

 private:
  void extract();

  const Experiment& experiment_;
  std::shared_ptr<const analysis::FeatureStatistics> reference_;
  std::optional<ResultKeeper> keeper_;
  std::vector<Extracted> extracted_;  // parts, in the order of samples; none: not extracted yet
  std::optional<analysis::FeatureStatistics> statistics_;
  std::optional<analysis::FeatureComparison> comparison_;
  double seconds_extracting_ = 0, seconds_comparing_ = 0;
};

}  // namespace strang
