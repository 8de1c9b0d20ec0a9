#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/sampling/samples.h"
#include "experiments/features.h"
#include "tests/processes/plugins.h"

namespace strang::test {

inline std::string weights(const std::string& name) {
  return shared("data/weights/" + name + ".safetensors");
}

inline FeatureOptions options(const std::string& yaml) {
  return FeatureOptions::read(config::parse_yaml(yaml, "test"));
}

inline FeatureExtraction extraction(const std::string& yaml,
                                    const std::vector<std::int64_t>& event) {
  const FeatureOptions o = options(yaml);
  return {build_extractor(o, registry()), o.extractor.find("name")->text(), o.protocol, event};
}

inline analysis::FeatureStatistics measure(const FeatureExtraction& e, const Samples& s) {
  return e.measure(s.values, s.labels, s.low, s.high, "test");
}

inline Samples shapes(int count, int channels = 1, int size = 28) {
  return dataset(fmt::format("{{name: procedural, count: {}, channels: {}, size: {}}}", count,
                             channels, size))
      ->load();
}

// Real weights and data.
class RealFeatures : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(weights("mnist_cnn")))
      GTEST_SKIP() << "no weights: STRANG_SHARED names the folder that holds data/weights";
  }
  static Samples mnist(const std::string& part) {
    const std::string folder = shared("data/mnist/") + part;
    return dataset("{name: idx, images: " + folder + "-images-idx3-ubyte.gz, labels: " + folder +
                   "-labels-idx1-ubyte.gz}")
        ->load();
  }
  static analysis::FeatureStatistics stored(const std::string& key) {
    return analysis::read_feature_statistics(shared("data/fid_stats/fid_stats.safetensors"), key);
  }
};

}  // namespace strang::test
