#pragma once

#include "core/program/executor.h"
#include "core/tensor.h"
#include "experiments/experiment.h"

namespace strang {

// Keeps the state of every sample at the last node, before denoising: what weak errors and the
// error decomposition look at.
class FinalStates final : public Observer {
 public:
  explicit FinalStates(const Experiment& experiment);

  std::int64_t rows_wanted(const Node& node, Rows rows) const override {
    return node.index == last_ ? rows.valid : 0;
  }
  void node(const Node& node, const at::Tensor& state, Rows rows) override;
  const at::Tensor& states() const { return states_; }  // [sample, slot, event...], float64

 private:
  int last_;
  at::Tensor states_;
};

}  // namespace strang
