#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/registry.h"

namespace strang {

// What `strang forward` evaluates.
struct ForwardSpec {
  std::string name, dtype = "float64", output;
  std::vector<std::string> plugins, views;
  config::Node process, model, inputs, labels;
  config::Node noise;  // none | keyed | {file, dataset}
  std::vector<double> times;
  std::optional<std::int64_t> samples, threads;
  std::int64_t seed = 0, microbatch = 256;

  void fields(OptionVisitor& v);
};

// Evaluates a model for every input at every time and writes /forward/<view> [time, sample, slot,
// event...] to `spec.output` (docs/features.md). With noise the inputs are data, and the evaluation
// is at E data + L noise, which is written as /forward/input; without, they are states. Throws
// UsageError for what is wrong before the first evaluation, and where the file exists, unless
// `force` replaces it; terminal::Interrupted when the user stops it. Returns the number of samples.
std::int64_t run_forward(const config::Node& config, const Registry& registry, bool force = false);

}  // namespace strang
