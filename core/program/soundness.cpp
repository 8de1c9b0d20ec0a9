#include "core/program/soundness.h"

#include <utility>
#include <vector>

#include "core/error.h"

namespace strang {
namespace {

// Which ids of one kind were written, and which of them can be read here.
class Ids {
 public:
  Ids(int count, std::string kind, const std::string& where)
      : written_(count), visible_(count), kind_(std::move(kind)), where_(where) {}

  void write(int id) {
    require(known(id) && !written_[id], "{}: {} {} is written twice or does not exist", where_,
            kind_, id);
    written_[id] = visible_[id] = true;
  }
  void read(int id) const {
    require(known(id) && visible_[id],
            "{}: {} {} is read where it is not written yet, or outside its loop", where_, kind_,
            id);
  }
  void read_optional(int id) const {
    if (id != none) read(id);
  }
  std::vector<bool> visible() const { return visible_; }
  void set_visible(std::vector<bool> visible) { visible_ = std::move(visible); }

 private:
  bool known(int id) const { return id >= 0 && id < static_cast<int>(written_.size()); }

  std::vector<bool> written_, visible_;
  std::string kind_;
  const std::string& where_;
};

class Checker {
 public:
  Checker(const Program& program, const std::string& where)
      : atoms_(program.atoms, "atom", where), registers_(program.registers, "register", where) {
    atoms_.write(0);
    check(program.operations);
    atoms_.read(program.result);
  }

 private:
  void check(const std::vector<Operation>& operations) {
    for (const Operation& operation : operations)
      std::visit([this](const auto& op) { check(op); }, operation);
  }

  void check(const std::vector<Term>& terms) const {
    for (const Term& term : terms) atoms_.read(term.atom), registers_.read_optional(term.factor);
  }
  void check(const Combine& op) { check(op.terms), atoms_.write(op.out); }
  void check(const Record& op) { check(op.terms); }
  void check(const Evaluate& op) {
    atoms_.read(op.in), registers_.read_optional(op.time_register), atoms_.write(op.out);
  }
  void check(const Noise& op) { atoms_.write(op.out); }
  void check(const Input& op) { atoms_.write(op.out); }
  void check(const Filter& op) { atoms_.read(op.in), atoms_.write(op.out); }
  void check(const Select& op) {
    registers_.read(op.mask), atoms_.read(op.a), atoms_.read(op.b), atoms_.write(op.out);
  }
  void check(const Reduce& op) {
    atoms_.read(op.a);
    if (op.kind != Reduce::Kind::norm) atoms_.read(op.b);
    if (op.kind == Reduce::Kind::scaled_rms) atoms_.read(op.c);
    atoms_.read_optional(op.b), atoms_.read_optional(op.c);
    registers_.write(op.out);
  }
  void check(const Compute& op) {
    for (const Compute::Operand& operand : {op.a, op.b, op.c}) registers_.read_optional(operand.id);
    registers_.write(op.out);
  }
  void check(const Node& op) { atoms_.read(op.state); }
  void check(const Loop& op) {
    for (const auto& c : op.atoms) atoms_.read(c.initial);
    for (const auto& c : op.registers) registers_.read(c.initial);
    for (const auto& c : op.atoms) atoms_.write(c.id);
    for (const auto& c : op.registers) registers_.write(c.id);
    const std::vector<bool> atoms = atoms_.visible(), registers = registers_.visible();
    check(op.body);
    for (const auto& c : op.atoms) atoms_.read(c.next);
    for (const auto& c : op.registers) registers_.read(c.next);
    registers_.read(op.active), registers_.read(op.accepted);
    atoms_.set_visible(atoms), registers_.set_visible(registers);
  }

  Ids atoms_, registers_;
};

}  // namespace

void require_sound(const Program& program, const std::string& where) { Checker(program, where); }

}  // namespace strang
