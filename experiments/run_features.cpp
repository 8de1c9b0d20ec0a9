#include "experiments/run_features.h"

#include <chrono>

#include "analysis/feature_comparison.h"
#include "core/error.h"
#include "core/store/tensors.h"
#include "experiments/law_moments.h"

namespace strang {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The exact moments, as those of more samples than anybody draws.
std::shared_ptr<const analysis::FeatureStatistics> statistics_of_law(const Experiment& e) {
  const FeatureOptions& options = e.spec.features;
  const std::string name = options.extractor.find("name")->text();
  require(name == "pixels" && !options.protocol.quantize && !options.protocol.resize &&
              options.protocol.colour == "keep" && options.protocol.low == -1 &&
              options.protocol.high == 1,
          "features.against is law: its moments are known in the samples' own numbers alone: set "
          "features=pixels and features.protocol.quantize=false");
  require(e.labels == nullptr && e.model->visit_law([](const GaussianComponent&) {}),
          "features.against is law, but the law of these samples is not known: it needs an exact "
          "model (gaussian, gaussian_mixture, dataset) of samples without labels");
  analysis::FeatureStatistics law = e.features->blank(-1, 1, "law");
  const LawMoments exact = moments_of_law(*e.model);
  law.moments.n = std::int64_t{1} << 40;
  law.moments.mean = exact.mean;
  law.moments.scatter = exact.covariance * static_cast<double>(law.moments.n - 1);
  return std::make_shared<const analysis::FeatureStatistics>(std::move(law));
}

}  // namespace

RunFeatures::RunFeatures(const Experiment& experiment, const Registry& registry,
                         FeatureReferences& references)
    : experiment_(experiment) {
  if (experiment.features == nullptr) return;
  const FeatureOptions& options = experiment.spec.features;
  reference_ = options.against_law() ? statistics_of_law(experiment)
                                     : references.get(options, *experiment.features, registry);
  keeper_.emplace(options.samples.value_or(experiment.spec.samples),
                  experiment.model->event_shape());
}

void RunFeatures::extract() {
  const auto start = std::chrono::steady_clock::now();
  const ProtocolOptions& protocol = experiment_.spec.features.protocol;
  extracted_.push_back(
      experiment_.features->extract(keeper_->images(), protocol.low, protocol.high, "the run"));
  seconds_extracting_ += seconds_since(start);
}

void RunFeatures::write_extracted(store::Group& root) {
  if (!wanted() || keeper_->images().size(0) == 0) return;
  extract();
  const auto& [values, logits] = extracted_.back();
  store::Group group = root.create_group("extracted");
  group.set_attribute("seconds", seconds_extracting_);
  const auto write = [&](const char* name, const char* axis, const at::Tensor& rows) {
    group.write(name, {{"sample", rows.size(0)}, {axis, rows.size(1)}}, store::view_of(rows));
  };
  write("values", "feature", values);
  if (logits.defined()) write("logits", "class", logits);
}

void RunFeatures::take_extracted(const store::Group& root) {
  if (!wanted() || !root.has("extracted")) return;
  const store::Group group = root.group("extracted");
  const auto read = [&](const char* name) { return store::read_tensor(group.dataset(name)); };
  extracted_.push_back({read("values"), group.has("logits") ? read("logits") : at::Tensor()});
  seconds_extracting_ += group.attribute<double>("seconds");
}

void RunFeatures::measure() {
  if (!wanted()) return;
  const FeatureOptions& options = experiment_.spec.features;
  if (extracted_.empty()) extract();
  std::vector<at::Tensor> values, logits;
  for (const Extracted& part : extracted_) {
    values.push_back(part.values);
    if (part.logits.defined()) logits.push_back(part.logits);
  }
  extracted_.clear();
  const auto start = std::chrono::steady_clock::now();
  statistics_ = experiment_.features->statistics(
      {at::cat(values), logits.empty() ? at::Tensor() : at::cat(logits)}, {}, options.protocol.low,
      options.protocol.high, "the run");
  seconds_extracting_ += seconds_since(start);
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
