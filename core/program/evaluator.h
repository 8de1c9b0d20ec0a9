#pragma once

#include <cstdint>
#include <span>

#include "core/program/program.h"
#include "core/tensor_forward.h"

namespace strang {

// Which samples the rows of a micro-batch are. Rows from `valid` on are padding.
struct Rows {
  std::int64_t first = 0;  // sample id of row 0
  std::int64_t valid = 0;
};

// The field as the executor sees it: the only thing of a program that is not arithmetic.
class Evaluator {
 public:
  virtual ~Evaluator() = default;

  // Whether `evaluate` takes tensors in the memory of such a device. If not, a run on that device
  // copies `in` to the host and `out` back for every evaluation, and waits for both.
  virtual bool runs_on(at::DeviceType device) const { return device == at::kCPU; }

  // The element type in which `op` is written, for states of type `state`.
  virtual at::ScalarType output_type(const Evaluate& op, at::ScalarType state) const = 0;

  // Writes what `op` asks for into `out` [batch, slot, event...], from `in` of the same shape in
  // the type of the state. `times` holds one time for all rows or one for each. A row's result must
  // not depend on the other rows; padding rows may hold anything finite.
  virtual void evaluate(const Evaluate& op, std::span<const double> times, const at::Tensor& in,
                        const at::Tensor& out, Rows rows) const = 0;
};

}  // namespace strang
