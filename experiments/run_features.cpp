#include "experiments/run_features.h"

#include <chrono>

#include "analysis/feature_comparison.h"

namespace strang {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

RunFeatures::RunFeatures(const Experiment& experiment, const Registry& registry,
                         FeatureReferences& references)
    : experiment_(experiment) {
  if (experiment.features == nullptr) return;
  const FeatureOptions& options = experiment.spec.features;
  reference_ = references.get(options, *experiment.features, registry);
  keeper_.emplace(options.samples.value_or(experiment.spec.samples),
                  experiment.model->event_shape());
}

void RunFeatures::measure() {
  if (!wanted()) return;
  const FeatureOptions& options = experiment_.spec.features;
  const auto start = std::chrono::steady_clock::now();
  statistics_ = experiment_.features->measure(keeper_->images(), {}, options.protocol.low,
                                              options.protocol.high, "the run");
  seconds_extracting_ = seconds_since(start);
  if (reference_ == nullptr) return;
  const auto extracted = std::chrono::steady_clock::now();
  comparison_ = compare_features(*statistics_, *reference_, options.comparison);
  seconds_comparing_ = seconds_since(extracted);
}

void RunFeatures::write(store::Group& root) const {
  if (!statistics_) return;
  store::Group features = root.create_group("features");
  const std::string& name = statistics_->extractor;
  const bool values = experiment_.spec.features.keeps_values(statistics_->moments.n,
                                                             statistics_->moments.dimension());
  write_feature_statistics(*statistics_, features.create_group(name), values);
  if (comparison_) write_distances(*comparison_, reference_->origin, features.group(name));
  store::Group group = features.group(name);
  group.set_attribute("seconds_extracting", seconds_extracting_);
  group.set_attribute("seconds_comparing", seconds_comparing_);
}

}  // namespace strang
