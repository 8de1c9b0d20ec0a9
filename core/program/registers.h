#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/program/evaluator.h"
#include "core/program/kernels.h"
#include "core/program/program.h"
#include "core/tensor.h"

namespace strang {

// The per-sample numbers of a running micro-batch: `rows` doubles for each register, in the memory
// of a device.
class Registers {
 public:
  Registers(int count, std::int64_t rows, at::DeviceType device = at::kCPU);

  // Memory of the device.
  double* at(RegisterId id) { return values_ + id * rows_; }
  const double* at(RegisterId id) const { return values_ + id * rows_; }
  std::int64_t rows() const { return rows_; }
  // The register in host memory, valid until the next fetch of the same one. Waits for the device.
  std::span<const double> fetch(RegisterId id);
  void copy(RegisterId from, RegisterId to);
  // Carried registers of a loop take their next values, all at once.
  void copy_all(const std::vector<Loop::Carried<RegisterId>>& carried);

  // Runs scalar instructions on every row, one after the other.
  void compute(std::span<const Compute> code);
  // Forms a reduction of atoms [batch, slot, event...]; b and c may be undefined tensors where the
  // kind reads fewer. Across the batch, padding rows are left out.
  void reduce(const Reduce& op, const at::Tensor& a, const at::Tensor& b, const at::Tensor& c,
              Rows valid);

 private:
  const Kernels& kernels_;
  std::int64_t rows_;
  at::Tensor memory_;  // the registers, then room for all of them while carried ones change
  double* values_;
  std::vector<double> fetched_;  // on other devices: copies of registers
};

}  // namespace strang
