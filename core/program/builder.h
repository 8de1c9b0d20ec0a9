#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "core/program/program.h"
#include "core/program/scalar.h"

namespace strang {

// Writes a program: hands out atoms and registers and appends operations.
class Builder {
 public:
  explicit Builder(int slots);

  int slots() const { return program_.slots; }
  Value initial() const { return Value(0, slots()); }

  // The value as one atom: emits a combine unless it is one already.
  AtomId materialise(const Value& value);
  Value evaluate(AtomId in, double time, RegisterId time_register, Part part, View view);
  Value noise(double from, double to, int step, int stream, Domain domain);
  Value input(std::string name);
  Value filter(LinearOperator op, const Value& in);
  Value select(const Scalar& mask, const Value& a, const Value& b);
  void node(int index, double time, AtomId state);
  void record(std::string name, int index, double time, const Value& value);
  // Appends the operations of another program that starts from `initial`; returns its result.
  Value splice(const Program& program, const Value& initial);
  // The number of operations so far, outside loops.
  std::size_t position() const { return program_.operations.size(); }
  // A new free coefficient, zero until it is given a value.
  FreeId free();

  Scalar compute(Compute::Function function, const Scalar& a, const Scalar& b = {},
                 const Scalar& c = {});
  Scalar reduce(Reduce operation);
  // A register that holds the number for every sample.
  Scalar constant(double value);

  // Loops: between begin and end, operations go into the loop's body.
  void begin_loop();
  Value carry(const Value& initial);
  Scalar carry(const Scalar& initial);
  void set_next(const Value& carried, const Value& next);
  void set_next(const Scalar& carried, const Scalar& next);
  void end_loop(const Scalar& active, const Scalar& accepted, int limit);

  Program finish(const Value& result);

 private:
  std::vector<Operation>& operations();
  AtomId new_atom() { return program_.atoms++; }
  RegisterId new_register() { return program_.registers++; }
  RegisterId as_register(const Scalar& scalar);

  Program program_;
  std::vector<Loop> loops_;  // open loops, innermost last
};

}  // namespace strang
