#include "core/program/listing.h"

#include <fmt/format.h>

#include <utility>

namespace strang {
namespace {

class Lister {
 public:
  Lister(const Program& program, ListingOptions options)
      : options_(options), letters_(program.atoms, 'u') {
    for_each_operation(program.operations, [&](const Operation& operation) {
      if (const auto* op = std::get_if<Evaluate>(&operation)) letters_[op->out] = 'e';
      if (const auto* op = std::get_if<Noise>(&operation)) letters_[op->out] = 'z';
    });
    list(program.operations);
    line(fmt::format("result {}", atom(program.result)));
  }

  std::vector<std::string> take() { return std::move(lines_); }

 private:
  void list(const std::vector<Operation>& operations) {
    for (const Operation& operation : operations)
      std::visit(
          [&](const auto& op) {
            line(text(op));
            if constexpr (requires { op.body; }) body(op);
          },
          operation);
  }

  void body(const Loop& loop) {
    indent_ += 2;
    list(loop.body);
    for (const auto& carried : loop.atoms)
      line(fmt::format("next {} = {}", atom(carried.id), atom(carried.next)));
    for (const auto& carried : loop.registers)
      line(fmt::format("next {} = {}", reg(carried.id), reg(carried.next)));
    indent_ -= 2;
  }

  void line(const std::string& text) { lines_.push_back(std::string(indent_, ' ') + text); }

  std::string atom(AtomId id) const { return fmt::format("{}{}", letters_[id], id); }
  static std::string reg(RegisterId id) { return fmt::format("r{}", id); }
  std::string number(double x) const { return fmt::format("{:.{}g}", x, options_.digits); }

  std::string sum(const std::vector<Term>& terms) const {
    if (terms.empty()) return "0";
    std::string text;
    for (const Term& term : terms) {
      std::string coefficient = term.coefficient.describe(options_.digits);
      if (term.factor != none) coefficient += " " + reg(term.factor);
      if (term.free != none) coefficient += fmt::format(" free{}", term.free);
      text += fmt::format("{}{} {}", text.empty() ? "" : " + ", coefficient, atom(term.atom));
    }
    return text;
  }

  std::string operand(const Compute::Operand& o) const {
    return o.id == none ? number(o.literal) : reg(o.id);
  }

  std::string text(const Combine& op) const {
    return fmt::format("{} = {}", atom(op.out), sum(op.terms));
  }
  std::string text(const Evaluate& op) const {
    std::string options;
    if (op.part != Part::all) options += fmt::format(", {}", name_of(op.part));
    if (op.view != View::output) options += fmt::format(", {}", name_of(op.view));
    const std::string time = op.time_register == none ? number(op.time) : reg(op.time_register);
    return fmt::format("{} = evaluate({}, t = {}{})", atom(op.out), atom(op.in), time, options);
  }
  std::string text(const Noise& op) const {
    return fmt::format("{} = noise({} to {}, stream {}, {})", atom(op.out), number(op.from),
                       number(op.to), op.stream, name_of(op.domain));
  }
  std::string text(const Input& op) const {
    return fmt::format("{} = input('{}')", atom(op.out), op.name);
  }
  std::string text(const Filter& op) const {
    return fmt::format("{} = filter{}({})", atom(op.out), op.index, atom(op.in));
  }
  std::string text(const Select& op) const {
    return fmt::format("{} = {} ? {} : {}", atom(op.out), reg(op.mask), atom(op.a), atom(op.b));
  }
  std::string text(const Reduce& op) const {
    std::string atoms = atom(op.a);
    if (op.b != none) atoms += ", " + atom(op.b);
    if (op.c != none) atoms += ", " + atom(op.c);
    return fmt::format("{} = {}({}){}", reg(op.out), name_of(op.kind), atoms,
                       op.across_batch ? " across the batch" : "");
  }
  std::string text(const Compute& op) const {
    return fmt::format("{} = {}({}, {}, {})", reg(op.out), name_of(op.function), operand(op.a),
                       operand(op.b), operand(op.c));
  }
  std::string text(const Node& op) const {
    return fmt::format("node {}: t = {}, state {}", op.index, number(op.time), atom(op.state));
  }
  std::string text(const Record& op) const {
    return fmt::format("record {} {}: {}", op.name, op.index, sum(op.terms));
  }
  std::string text(const Loop& op) const {
    std::string carried;
    for (const auto& c : op.atoms) carried += fmt::format("{} = {}, ", atom(c.id), atom(c.initial));
    for (const auto& c : op.registers)
      carried += fmt::format("{} = {}, ", reg(c.id), reg(c.initial));
    return fmt::format("repeat while {} != 0, from {}at most {} times:", reg(op.active), carried,
                       op.limit);
  }

  ListingOptions options_;
  std::vector<char> letters_;
  std::vector<std::string> lines_;
  std::size_t indent_ = 0;
};

}  // namespace

std::vector<std::string> list_operations(const Program& program, ListingOptions options) {
  return Lister(program, options).take();
}

}  // namespace strang
