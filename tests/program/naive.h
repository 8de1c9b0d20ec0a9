#pragma once

#include <map>

#include "core/error.h"
#include "core/program/combine.h"
#include "core/program/registers.h"
#include "tests/program/machine.h"

namespace strang::test {

// Runs programs with the executor's kernels, but gives every atom memory of its own.
class Naive {
 public:
  Naive(const Program& program, const at::Tensor& u)
      : program_(program), type_(u.scalar_type()), registers_(program.registers, u.size(0)) {
    atoms_[0] = u.clone();
  }

  Recorder run() {
    run(program_.operations);
    recorder_.final = in_state_type(program_.result);
    return recorder_;
  }

 private:
  void run(const std::vector<Operation>& operations) {
    for (const Operation& operation : operations)
      std::visit([&](const auto& op) { step(op); }, operation);
  }

  at::Tensor in_state_type(AtomId id) { return atoms_.at(id).to(type_); }
  at::Tensor fresh() { return at::full_like(atoms_.at(0), 77); }

  at::Tensor sum(const std::vector<Term>& terms) {
    std::vector<Operand> operands;
    for (const Term& term : terms) {
      const double free = term.free == none ? 1.0 : program_.free[term.free];
      const at::Tensor& atom = atoms_.at(term.atom);
      operands.push_back(
          {atom.const_data_ptr(), atom.scalar_type() == at::kDouble ? Real::float64 : Real::float32,
           free * term.coefficient, term.factor == none ? nullptr : registers_.at(term.factor)});
    }
    const at::Tensor out = fresh();
    combine({out.size(0), out.size(1), out.numel() / out.size(0) / out.size(1)}, operands,
            out.mutable_data_ptr(), type_ == at::kDouble ? Real::float64 : Real::float32);
    return out;
  }

  void step(const Combine& op) { atoms_[op.out] = sum(op.terms); }
  void step(const Record&) {}
  void step(const Evaluate& op) {
    const std::span<const double> times =
        op.time_register == none
            ? std::span(&op.time, 1)
            : std::span<const double>(registers_.at(op.time_register), registers_.rows());
    const at::Tensor out = fresh().to(field_.output_type(op, type_));
    field_.evaluate(op, times, in_state_type(op.in), out, rows());
    atoms_[op.out] = out;
  }
  void step(const Noise& op) {
    atoms_[op.out] = fresh();
    noise_.draw(op, atoms_[op.out], rows());
  }
  void step(const Input& op) { atoms_[op.out] = at::full_like(atoms_.at(0), 0.25); }
  void step(const Filter& op) {
    const at::Tensor out = fresh();
    apply(program_.operators[op.index], atoms_.at(op.in), out);
    atoms_[op.out] = out;
  }
  void step(const Select& op) {
    const at::Tensor a = in_state_type(op.a), b = in_state_type(op.b), out = fresh();
    for (std::int64_t row = 0; row < out.size(0); ++row)
      out[row].copy_(registers_.at(op.mask)[row] != 0 ? a[row] : b[row]);
    atoms_[op.out] = out;
  }
  void step(const Reduce& op) {
    const auto optional = [&](AtomId id) { return id == none ? at::Tensor() : atoms_.at(id); };
    registers_.reduce(op, atoms_.at(op.a), optional(op.b), optional(op.c), rows());
  }
  void step(const Compute& op) { registers_.compute({&op, 1}); }
  void step(const Node& op) { recorder_.nodes.push_back({op, in_state_type(op.state).clone()}); }
  void step(const Loop& op) {
    for (const auto& c : op.atoms) atoms_[c.id] = in_state_type(c.initial).clone();
    for (const auto& c : op.registers) registers_.copy(c.initial, c.id);
    bool active = true;
    for (int pass = 0; active; ++pass) {
      ensure(pass < op.limit, "too many passes");
      run(op.body);
      // All next values are those of the pass that ended.
      std::vector<at::Tensor> atoms;
      std::vector<std::vector<double>> values;
      for (const auto& c : op.atoms) atoms.push_back(in_state_type(c.next).clone());
      for (const auto& c : op.registers)
        values.emplace_back(registers_.at(c.next), registers_.at(c.next) + registers_.rows());
      for (std::size_t i = 0; i < atoms.size(); ++i) atoms_[op.atoms[i].id] = atoms[i];
      for (std::size_t i = 0; i < values.size(); ++i)
        std::copy(values[i].begin(), values[i].end(), registers_.at(op.registers[i].id));
      active = false;
      for (std::int64_t row = 0; row < registers_.rows(); ++row)
        active = active || registers_.at(op.active)[row] != 0;
    }
  }

  Rows rows() const { return {0, registers_.rows()}; }

  const Program& program_;
  at::ScalarType type_;
  Registers registers_;
  std::map<AtomId, at::Tensor> atoms_;
  Squash field_;
  KeyedNoise noise_{3};
  Recorder recorder_;
};

}  // namespace strang::test
