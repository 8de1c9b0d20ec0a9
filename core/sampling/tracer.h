#pragma once

#include <functional>
#include <string>

#include "core/program/builder.h"
#include "core/sampling/field.h"
#include "core/sampling/grid.h"

namespace strang {

// A time of an evaluation: a number, or a register when it differs between samples.
class Time {
 public:
  Time(double value) : value_(value) {}           // NOLINT: numbers are times
  Time(const Scalar& scalar) : scalar_(scalar) {  // NOLINT
    if (scalar.is_literal()) value_ = scalar.literal();
  }
  bool is_number() const { return scalar_.is_literal(); }
  double value() const { return value_; }
  RegisterId id() const { return scalar_.id(); }

 private:
  double value_ = 0;
  Scalar scalar_;
};

// What an evaluation gives. The network's own output is `output`; the views are linear in it and in
// the input, so they cost nothing until they are stored. A view that does not exist at this time
// throws when used.
struct Estimate {
  Value output;
  Value data;      // E[u_0 | u]
  Value noise;     // -L^T score
  Value score;     // grad log p_t(u)
  Value velocity;  // right-hand side of the probability-flow ODE
};

struct EvalOptions {
  Part part = Part::all;
  // The view that is wanted where the time is a register: its coefficients differ from row to row,
  // so the field forms it and only this view of the estimate exists.
  View view = View::velocity;
};

// What an integrator writes its arithmetic on. Only evaluate, store and node write memory.
class Tracer {
 public:
  // Called with the value that an integrator gives for a node, and its position in the grid; what
  // it returns is stored instead.
  using BeforeNode = std::function<Value(int index, double time, const Value& value)>;
  // Called after a node was reached: may append operations that branch off.
  using AfterNode = std::function<void(int index, double time, const Value& state)>;
  using AfterEvaluation =
      std::function<void(double time, const Value& u, const Estimate& estimate)>;
  struct Options {
    bool record_evaluations = false;  // log the data prediction and the input of every evaluation
    bool emit_nodes = true;
    BeforeNode before_node;
    AfterNode after_node;
    AfterEvaluation after_evaluation;
  };

  Tracer(Builder& builder, const Field& field) : Tracer(builder, field, Options{}) {}
  Tracer(Builder& builder, const Field& field, Options options);

  const Process& process() const { return field_->process(); }
  const Field& field() const { return *field_; }
  Builder& builder() { return *builder_; }

  // Evaluates the field at (u, t). Materialises u and rebinds it to its atom.
  Estimate evaluate(Value& u, Time t, EvalOptions options = {});

  // The state at the next time of the grid: materialised, and reported to the log.
  Value node(const Value& value, double t);
  // The value in memory of its own.
  Value store(const Value& value);

  // Standard normal draws for the interval between two times; draws of other streams are
  // independent.
  Value noise(double from, double to, int stream = 0, Domain domain = Domain::process);
  // Per-sample data of the run.
  Value input(const std::string& name) { return builder_->input(name); }
  Value apply(const LinearOperator& op, const Value& value) { return builder_->filter(op, value); }
  // Row by row: a where mask != 0, else b.
  Value select(const Scalar& mask, const Value& a, const Value& b) {
    return builder_->select(mask, a, b);
  }

  // Euclidean norm over slots and event; dot product.
  Scalar norm(const Value& value);
  Scalar dot(const Value& a, const Value& b);
  // Root mean square of error / (absolute + relative max(|a|, |b|)) over slots and event; with
  // across_batch one number for all samples of the run (couples them: the run must then be one
  // micro-batch).
  Scalar scaled_rms(const Value& error, const Value& a, const Value& b, double absolute,
                    double relative, bool across_batch);

  // Steps whose number is not known: the body is run until `active` is zero for every sample.
  void begin_loop() { builder_->begin_loop(); }
  Value carry(const Value& initial) { return builder_->carry(initial); }
  Scalar carry(const Scalar& initial) { return builder_->carry(initial); }
  void set_next(const Value& carried, const Value& next) { builder_->set_next(carried, next); }
  void set_next(const Scalar& carried, const Scalar& next) { builder_->set_next(carried, next); }
  void end_loop(const Scalar& active, const Scalar& accepted, int limit) {
    builder_->end_loop(active, accepted, limit);
  }

 private:
  Builder* builder_;
  const Field* field_;
  Options options_;
  int nodes_ = 0;  // grid nodes passed, the start not counted
  int evaluations_ = 0;
};

}  // namespace strang
