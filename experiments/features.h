#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/feature_statistics.h"
#include "core/program/executor.h"
#include "core/registry.h"
#include "core/tensor.h"
#include "experiments/feature_options.h"

namespace strang {

// What an extractor says of images.
struct Extracted {
  at::Tensor values;  // float32 [n, d]
  at::Tensor logits;  // float32 [n, classes]; undefined where the extractor knows no classes
};

// An extractor under a protocol.
class FeatureExtraction {
 public:
  // For images of shape `event`. Throws UsageError when protocol and extractor cannot serve them.
  FeatureExtraction(std::shared_ptr<const Extractor> extractor, std::string name,
                    ProtocolOptions protocol, const std::vector<std::int64_t>& event);

  std::int64_t dimension() const { return dimension_; }
  const std::vector<std::int64_t>& event() const { return event_; }

  // Statistics of images [n, event...] with values in [low, high] (n >= 2), in fixed padded
  // batches: the bits of an image's features do not depend on n. `labels` int64 [n] or undefined.
  // The vectors are part of the result. `origin` says what the images are.
  analysis::FeatureStatistics measure(const at::Tensor& images, const at::Tensor& labels,
                                      double low, double high, const std::string& origin) const;

  // `measure` in two steps. The bits of an image's vectors depend on that image alone, so that
  // images may be extracted in parts; `extract` takes any number of them.
  Extracted extract(const at::Tensor& images, double low, double high,
                    const std::string& origin) const;
  analysis::FeatureStatistics statistics(Extracted all, const at::Tensor& labels, double low,
                                         double high, const std::string& origin) const;

  // Statistics without numbers: what other statistics must go with (require_comparable).
  analysis::FeatureStatistics blank(double low, double high, const std::string& origin) const;

  const ProtocolOptions& protocol() const { return protocol_; }

 private:
  at::Tensor prepare(const at::Tensor& images, double low, double high) const;
  void extract(const at::Tensor& images, double low, double high, const Extracted& out) const;

  std::shared_ptr<const Extractor> extractor_;
  std::string name_;
  ProtocolOptions protocol_;
  std::vector<std::int64_t> event_;  // of the images as they come
  std::int64_t dimension_;
};

// Builds the extractor of the section; `resolved`, if given, becomes its options.
std::shared_ptr<const Extractor> build_extractor(const FeatureOptions& options,
                                                 const Registry& registry,
                                                 config::Node* resolved = nullptr);

// Keeps the results of the first samples of a run.
class ResultKeeper final : public Observer {
 public:
  ResultKeeper(std::int64_t samples, const std::vector<std::int64_t>& event);

  void result(const at::Tensor& state, Rows rows) override;
  const at::Tensor& images() const { return images_; }  // float32 [n, event...], slot 0

 private:
  at::Tensor images_;
};

// What samples are compared with. Statistics of datasets are kept: cells of a sweep share them.
class FeatureReferences {
 public:
  // Null where nothing is to be compared with. Throws UsageError where the reference cannot be read
  // or does not go with the extraction.
  std::shared_ptr<const analysis::FeatureStatistics> get(const FeatureOptions& options,
                                                         const FeatureExtraction& extraction,
                                                         const Registry& registry);

 private:
  struct Kept {
    std::string key;
    std::shared_ptr<const analysis::FeatureStatistics> statistics;
  };
  std::vector<Kept> kept_;
};

}  // namespace strang
