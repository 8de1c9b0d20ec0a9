#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/config/node.h"
#include "core/sampling/labels.h"

namespace strang {

class Model;

// Which classes samples have (the spec's `labels`).
struct LabelOptions {
  // A class for all, `uniform`, `weighted` (by the model's weights), or {file, dataset} with the
  // label of sample i at i. Null: samples are not labelled.
  config::Node source;
  // Those of a fit's samples: `sampled` by the same rule (rows of a file at random), `fixed`: those
  // of the run's samples, or {file, dataset}.
  config::Node fit = config::Node("sampled");

  bool present() const { return !source.is_null(); }
  // A source alone, or {source, fit}. Throws UsageError.
  static LabelOptions read(const config::Node& node);
  // The map that reads back to the same; null if there are no labels.
  config::Node write() const;
};

// Samples of a fit, its validation included, have labels of a stream of their own.
enum class LabelUse { run, fit };

// The labels of samples; null without labels. Random ones are a function of (seed, sample id); the
// first `samples` are formed at once. Throws UsageError where the model tells no such classes
// apart, where it needs labels and there are none, and where a file holds too few.
std::unique_ptr<Labels> make_labels(const LabelOptions& options, LabelUse use, std::int64_t seed,
                                    std::int64_t samples, const Model& model);

}  // namespace strang
