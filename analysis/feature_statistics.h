#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/moments.h"
#include "core/store/group.h"
#include "core/tensor.h"

namespace strang::analysis {

// One set of images in the features of one extractor, as files hold it (docs/features.md).
struct FeatureStatistics {
  std::string origin;     // file and group, or what was computed: for messages
  std::string extractor;  // registry name; empty where the file does not say
  // How images became features: "extractor_hash", "resize", "quantize", ...; empty where unknown.
  std::map<std::string, std::string> protocol;
  Moments moments;
  at::Tensor values;  // float32 [n, d]; undefined where they were not kept
  // Of labelled images: the moments of each class 0, 1, ...; of classifiers: the share of the
  // images put into each class, and how many labels it got right. Absent where there are none.
  std::vector<Moments> classes;
  std::vector<double> predicted;
  std::optional<double> accuracy;
};

// Writes everything but what is absent; `values` only where asked for.
void write_feature_statistics(const FeatureStatistics& statistics, store::Group group,
                              bool with_values);

// Reads statistics from an HDF5 file (a run file or one of `strang features`) or a safetensors file
// of names <key>.mu, <key>.sigma, <key>.n. `key` names the group, or the prefix; it may be empty
// where the file holds one only, or one of the extractor `preferred`. Throws UsageError naming what
// the file holds.
FeatureStatistics read_feature_statistics(const std::string& path, const std::string& key,
                                          const std::string& preferred = "");

// Throws UsageError naming the first thing in which the two differ: their features cannot be
// compared. What a file does not say is not compared, nor are number and split of the images.
void require_comparable(const FeatureStatistics& a, const FeatureStatistics& b);

}  // namespace strang::analysis
