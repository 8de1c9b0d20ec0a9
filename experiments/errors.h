#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analysis/run_summary.h"
#include "core/program/executor.h"
#include "core/store/group.h"
#include "core/tensor.h"
#include "experiments/reference.h"

namespace strang {

// The distance of each sample's states from the reference at the nodes.
class ErrorRecorder final : public Observer {
 public:
  // norms: names of experiments/norms.h.
  ErrorRecorder(std::shared_ptr<const Reference> reference, std::vector<std::string> norms);

  // Called from several threads for different rows.
  void node(const Node& node, const at::Tensor& state, Rows rows) override;
  // Takes errors of samples from `first` on at one node that were measured before.
  void restore(std::size_t norm, std::int64_t node, std::int64_t first,
               std::span<const double> errors);

  const std::vector<std::string>& norms() const { return norms_; }
  const Reference& reference() const { return *reference_; }
  // [node, sample], row-major.
  const std::vector<double>& errors(std::size_t norm) const { return errors_[norm]; }
  std::int64_t nodes() const { return static_cast<std::int64_t>(reference_->times.size()); }
  std::int64_t samples() const { return reference_->samples(); }

 private:
  std::shared_ptr<const Reference> reference_;
  std::vector<std::string> norms_;
  std::vector<std::vector<double>> errors_;
};

// Statistics over samples of the errors at the last node.
std::vector<analysis::ErrorSummary> summarize(const ErrorRecorder& recorder);

// Writes them to the datasets of the run file's group "error", and the reference, with the states
// of its first `followed` samples, to the group "reference" of its root.
void write_error_summaries(const ErrorRecorder& recorder, std::int64_t followed,
                           store::Group& root);

}  // namespace strang
