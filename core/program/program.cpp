#include "core/program/program.h"

#include <algorithm>
#include <array>

namespace strang {
namespace {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};

std::vector<AtomId> read_inside(const Loop& loop) {
  std::vector<AtomId> read, own;
  for (const auto& carried : loop.atoms) {
    read.push_back(carried.initial);
    own.push_back(carried.id);
  }
  for (const Operation& operation : loop.body) {
    for (const AtomId atom : atoms_read(operation))
      if (std::find(own.begin(), own.end(), atom) == own.end()) read.push_back(atom);
    own.push_back(atom_written(operation));
  }
  return read;
}

}  // namespace

std::string_view name_of(Part part) {
  constexpr std::array names{"all", "model", "conditional", "unconditional", "guidance"};
  return names.at(static_cast<std::size_t>(part));
}

std::string_view name_of(View view) {
  constexpr std::array names{"output", "data", "noise", "score", "velocity"};
  return names.at(static_cast<std::size_t>(view));
}

std::string_view name_of(Domain domain) {
  constexpr std::array names{"initial", "process", "corrector", "fit", "label"};
  return names.at(static_cast<std::size_t>(domain));
}

std::string_view name_of(Reduce::Kind kind) {
  constexpr std::array names{"norm", "dot", "scaled_rms"};
  return names.at(static_cast<std::size_t>(kind));
}

std::string_view name_of(Compute::Function function) {
  constexpr std::array names{"add",   "subtract", "multiply", "divide", "sqrt",       "abs",
                             "power", "minimum",  "maximum",  "less",   "less_equal", "select"};
  return names.at(static_cast<std::size_t>(function));
}

bool is_stochastic(const Program& program) {
  bool found = false;
  for_each_operation(program.operations, [&](const Operation& operation) {
    found = found || std::holds_alternative<Noise>(operation);
  });
  return found;
}

bool is_coupled(const Program& program) {
  bool found = false;
  for_each_operation(program.operations, [&](const Operation& operation) {
    const Reduce* reduce = std::get_if<Reduce>(&operation);
    found = found || (reduce != nullptr && reduce->across_batch);
  });
  return found;
}

std::vector<AtomId> atoms_read(const Operation& operation) {
  std::vector<AtomId> atoms = std::visit(Overload{
                                             [](const Evaluate& op) { return std::vector{op.in}; },
                                             [](const Filter& op) { return std::vector{op.in}; },
                                             [](const Select& op) {
                                               return std::vector{op.a, op.b};
                                             },
                                             [](const Reduce& op) {
                                               return std::vector{op.a, op.b, op.c};
                                             },
                                             [](const Node& op) { return std::vector{op.state}; },
                                             [](const Loop& op) { return read_inside(op); },
                                             [](const auto& op) {
                                               std::vector<AtomId> read;
                                               if constexpr (requires { op.terms; })
                                                 for (const Term& term : op.terms)
                                                   read.push_back(term.atom);
                                               return read;
                                             },
                                         },
                                         operation);
  std::erase(atoms, none);
  std::sort(atoms.begin(), atoms.end());
  atoms.erase(std::unique(atoms.begin(), atoms.end()), atoms.end());
  return atoms;
}

AtomId atom_written(const Operation& operation) {
  return std::visit(
      Overload{[](const Reduce&) { return none; }, [](const Compute&) { return none; },
               [](const auto& op) {
                 if constexpr (requires { op.out; })
                   return op.out;
                 else
                   return none;
               }},
      operation);
}

}  // namespace strang
