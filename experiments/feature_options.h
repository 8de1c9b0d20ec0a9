#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "analysis/feature_distances.h"
#include "core/options.h"

namespace strang {

// How images become what an extractor is given; stored beside every statistic (docs/features.md).
struct ProtocolOptions {
  double low = -1, high = 1;           // of a run's samples; they become [-1, 1]
  bool quantize = true;                // to 8 bit, as in an image file
  std::optional<std::int64_t> resize;  // side in pixels, bilinear with antialiasing
  std::string colour = "keep";         // keep | rgb (repeat grey) | grey (luma of colour)
  std::int64_t batch = 256;            // images to one call, padded; part of the bits
  std::string split;                   // a note: which part of the data

  void fields(OptionVisitor& v);
};

// The section `features`: what is measured of the samples, and against what.
struct FeatureOptions {
  config::Node extractor;               // {name: ..., options}; null: no features
  std::optional<std::int64_t> samples;  // the first so many; null: all
  config::Node against;                 // null | law | file | {file, key} | a dataset {name, ...}
  std::string values = "auto";          // keep the vectors: auto (up to 16 MiB) | always | never
  std::string infinity = "auto";
  ProtocolOptions protocol;
  analysis::ComparisonOptions comparison;

  bool present() const { return !extractor.is_null(); }
  bool against_law() const { return against.is_string() && against.text() == "law"; }
  bool keeps_values(std::int64_t n, std::int64_t dimension) const;

  // Throws UsageError with the origin of what is wrong. A null node is no features.
  static FeatureOptions read(const config::Node& node);
  // The section with the defaults of everything but the extractor: a configuration file.
  static config::Node section(const config::Node& extractor);
};

// What `against` means.
struct ReferenceSource {
  std::string file, key;  // statistics in a file
  config::Node dataset;   // or a dataset, where it is no null
};
ReferenceSource read_reference_source(const config::Node& against);

}  // namespace strang
