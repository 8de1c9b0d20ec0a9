#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace strang {

// A TorchScript module with the signature forward(x, time[, condition]), in one element type.
struct ScriptOptions {
  std::string file;
  std::string weights;              // what the spec needs, for the message when there is no file
  std::string sha256;               // of the file; empty: any
  std::string dtype = "float32";    // float32 | float64 | bfloat16
  std::string time_type = "float";  // float | int64
  std::string labels = "none";      // none | index | one_hot | table
  std::int64_t classes = 0;         // labels 0 ... classes - 1
  std::optional<std::int64_t> null_label;  // index, table: of unlabelled samples; one_hot: zeros
  at::Tensor table;                        // [label, ...], for `table`
};

// Throws UsageError when there is no file, saying what the spec needs, or its SHA-256 is another.
void require_script(const ScriptOptions& options);

// Loads it once, and once more for the GPU when it is asked there. Calls may come from several
// threads. The graph executor's optimizer is off: it would fuse after the first calls, and the bits
// of a result would depend on how often the module had run.
class ScriptNetwork {
 public:
  // Throws UsageError like `require_script`, and when the file is no module.
  explicit ScriptNetwork(ScriptOptions options);
  ~ScriptNetwork();

  const ScriptOptions& options() const { return options_; }
  bool conditional() const { return options_.labels != "none"; }
  // Element type of `forward`'s result: float64 for that type of module, else float32.
  at::ScalarType output_type() const;

  // The module's answer, of the shape `expected`. x [batch, ...] in any type on the CPU or the GPU;
  // times [batch] double on the CPU; labels: one a row, empty: unlabelled. Throws UsageError when
  // the module fails or answers in another shape.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& times,
                     const std::vector<std::int64_t>& labels,
                     const std::vector<std::int64_t>& expected) const;

 private:
  struct Modules;

  at::Tensor condition(std::vector<std::int64_t> labels, std::int64_t rows) const;

  ScriptOptions options_;
  std::unique_ptr<Modules> modules_;
};

}  // namespace strang
