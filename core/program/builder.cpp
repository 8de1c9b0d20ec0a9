#include "core/program/builder.h"

#include <utility>

#include "core/error.h"
#include "core/program/soundness.h"

namespace strang {
namespace {

// Renumbers the atoms, registers, free coefficients and operators of spliced operations.
class Renumber {
 public:
  Renumber(AtomId initial, int atoms, int registers, int free, int operators)
      : initial_(initial),
        atoms_(atoms),
        registers_(registers),
        free_(free),
        operators_(operators) {}

  void atom(AtomId& id) const {
    if (id != none) id = id == 0 ? initial_ : id + atoms_ - 1;
  }
  void operator()(std::vector<Operation>& operations) const {
    for (Operation& operation : operations) std::visit([&](auto& op) { change(op); }, operation);
  }

 private:
  void reg(RegisterId& id) const {
    if (id != none) id += registers_;
  }
  void change(std::vector<Term>& terms) const {
    for (Term& term : terms) {
      atom(term.atom);
      reg(term.factor);
      if (term.free != none) term.free += free_;
    }
  }
  void change(Combine& op) const { atom(op.out), change(op.terms); }
  void change(Evaluate& op) const { atom(op.out), atom(op.in), reg(op.time_register); }
  void change(Noise& op) const { atom(op.out); }
  void change(Input& op) const { atom(op.out); }
  void change(Filter& op) const { atom(op.out), atom(op.in), op.index += operators_; }
  void change(Select& op) const { atom(op.out), reg(op.mask), atom(op.a), atom(op.b); }
  void change(Reduce& op) const { reg(op.out), atom(op.a), atom(op.b), atom(op.c); }
  void change(Compute& op) const { reg(op.out), reg(op.a.id), reg(op.b.id), reg(op.c.id); }
  void change(Node& op) const { atom(op.state); }
  void change(Record& op) const { change(op.terms); }
  void change(Loop& op) const {
    for (auto& c : op.atoms) atom(c.id), atom(c.initial), atom(c.next);
    for (auto& c : op.registers) reg(c.id), reg(c.initial), reg(c.next);
    reg(op.active), reg(op.accepted);
    (*this)(op.body);
  }

  AtomId initial_;
  int atoms_, registers_, free_, operators_;
};

}  // namespace

Builder::Builder(int slots) {
  program_.slots = slots;
  program_.atoms = 1;
}

std::vector<Operation>& Builder::operations() {
  return loops_.empty() ? program_.operations : loops_.back().body;
}

AtomId Builder::materialise(const Value& value) {
  if (const AtomId atom = value.as_atom(); atom != none) return atom;
  const AtomId out = new_atom();
  operations().push_back(Combine{.out = out, .terms = value.terms()});
  return out;
}

Value Builder::evaluate(AtomId in, double time, RegisterId time_register, Part part, View view) {
  const AtomId out = new_atom();
  operations().push_back(Evaluate{out, in, time, time_register, part, view});
  return Value(out, slots());
}

Value Builder::noise(double from, double to, int step, int stream, Domain domain) {
  const AtomId out = new_atom();
  operations().push_back(Noise{out, from, to, step, stream, domain});
  return Value(out, slots());
}

Value Builder::input(std::string name) {
  const AtomId out = new_atom();
  operations().push_back(Input{out, std::move(name)});
  return Value(out, slots());
}

Value Builder::filter(LinearOperator op, const Value& in) {
  const AtomId atom = materialise(in);
  const AtomId out = new_atom();
  program_.operators.push_back(std::move(op));
  operations().push_back(Filter{out, atom, static_cast<int>(program_.operators.size()) - 1});
  return Value(out, slots());
}

Value Builder::select(const Scalar& mask, const Value& a, const Value& b) {
  if (mask.is_literal()) return mask.literal() != 0 ? a : b;
  const AtomId atom_a = materialise(a), atom_b = materialise(b);
  const AtomId out = new_atom();
  operations().push_back(Select{out, mask.id(), atom_a, atom_b});
  return Value(out, slots());
}

void Builder::node(int index, double time, AtomId state) {
  operations().push_back(Node{index, time, state});
}

void Builder::record(std::string name, int index, double time, const Value& value) {
  operations().push_back(Record{std::move(name), index, time, value.terms()});
}

Value Builder::splice(const Program& program, const Value& initial) {
  ensure(program.slots == slots(), "a program for {} slots cannot run on a state of {} slots",
         program.slots, slots());
  std::vector<Operation> added = program.operations;
  const AtomId start = materialise(initial);  // before the atoms are counted
  const Renumber renumber(start, program_.atoms, program_.registers,
                          static_cast<int>(program_.free.size()),
                          static_cast<int>(program_.operators.size()));
  renumber(added);
  AtomId result = program.result;
  renumber.atom(result);
  program_.atoms += program.atoms - 1;
  program_.registers += program.registers;
  program_.free.insert(program_.free.end(), program.free.begin(), program.free.end());
  program_.operators.insert(program_.operators.end(), program.operators.begin(),
                            program.operators.end());
  std::vector<Operation>& own = operations();
  own.insert(own.end(), added.begin(), added.end());
  return Value(result, slots());
}

FreeId Builder::free() {
  program_.free.push_back(0);
  return static_cast<FreeId>(program_.free.size()) - 1;
}

Scalar Builder::compute(Compute::Function function, const Scalar& a, const Scalar& b,
                        const Scalar& c) {
  const auto operand = [](const Scalar& s) { return Compute::Operand{s.id(), s.literal()}; };
  const RegisterId out = new_register();
  operations().push_back(Compute{out, function, operand(a), operand(b), operand(c)});
  return Scalar(*this, out);
}

Scalar Builder::reduce(Reduce operation) {
  operation.out = new_register();
  operations().push_back(operation);
  return Scalar(*this, operation.out);
}

Scalar Builder::constant(double value) { return compute(Compute::Function::add, value, 0.0); }

RegisterId Builder::as_register(const Scalar& scalar) {
  return scalar.is_literal() ? constant(scalar.literal()).id() : scalar.id();
}

void Builder::begin_loop() { loops_.emplace_back(); }

Value Builder::carry(const Value& initial) {
  Loop loop = std::move(loops_.back());
  loops_.pop_back();
  const AtomId start = materialise(initial);  // outside the loop
  const AtomId id = new_atom();
  loop.atoms.push_back({.id = id, .initial = start});
  loops_.push_back(std::move(loop));
  return Value(id, slots());
}

Scalar Builder::carry(const Scalar& initial) {
  Loop loop = std::move(loops_.back());
  loops_.pop_back();
  const RegisterId start = as_register(initial);
  const RegisterId id = new_register();
  loop.registers.push_back({.id = id, .initial = start});
  loops_.push_back(std::move(loop));
  return Scalar(*this, id);
}

void Builder::set_next(const Value& carried, const Value& next) {
  const AtomId atom = materialise(next);
  for (auto& slot : loops_.back().atoms)
    if (slot.id == carried.as_atom()) slot.next = atom;
}

void Builder::set_next(const Scalar& carried, const Scalar& next) {
  const RegisterId id = as_register(next);
  for (auto& slot : loops_.back().registers)
    if (slot.id == carried.id()) slot.next = id;
}

void Builder::end_loop(const Scalar& active, const Scalar& accepted, int limit) {
  Loop loop = std::move(loops_.back());
  loop.active = active.id();
  loop.accepted = accepted.id();
  loop.limit = limit;
  for (const auto& carried : loop.atoms)
    ensure(carried.next != none, "a loop carries atom {} without a next value", carried.id);
  for (const auto& carried : loop.registers)
    ensure(carried.next != none, "a loop carries register {} without a next value", carried.id);
  loops_.pop_back();
  operations().push_back(std::move(loop));
}

Program Builder::finish(const Value& result) {
  ensure(loops_.empty(), "a loop was not ended");
  program_.result = materialise(result);
  require_sound(program_, "the traced program");
  return std::move(program_);
}

}  // namespace strang
