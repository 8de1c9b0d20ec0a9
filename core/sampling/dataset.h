#pragma once

namespace strang {

struct Samples;  // core/sampling/samples.h

// A finite dataset.
class Dataset {
 public:
  virtual ~Dataset() = default;
  // Throws UsageError when files are missing or malformed, naming the option to set.
  virtual Samples load() const = 0;
};

}  // namespace strang
