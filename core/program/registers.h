#pragma once

#include <cstdint>
#include <vector>

#include "core/program/evaluator.h"
#include "core/program/program.h"

namespace strang {

// The per-sample numbers of a running micro-batch: `rows` doubles for each register.
class Registers {
 public:
  Registers(int count, std::int64_t rows) : rows_(rows), values_(count * rows) {}

  double* at(RegisterId id) { return values_.data() + id * rows_; }
  const double* at(RegisterId id) const { return values_.data() + id * rows_; }
  std::int64_t rows() const { return rows_; }
  void copy(RegisterId from, RegisterId to);
  // Carried registers of a loop take their next values, all at once.
  void copy_all(const std::vector<Loop::Carried<RegisterId>>& carried);

  // Runs one scalar instruction on every row.
  void compute(const Compute& op);
  // Forms a reduction of atoms [batch, slot, event...]; b and c may be undefined tensors where the
  // kind reads fewer. Across the batch, padding rows are left out.
  void reduce(const Reduce& op, const at::Tensor& a, const at::Tensor& b, const at::Tensor& c,
              Rows valid);

 private:
  std::int64_t rows_;
  std::vector<double> values_;
  std::vector<double> next_;  // of carried registers, while they change
};

}  // namespace strang
