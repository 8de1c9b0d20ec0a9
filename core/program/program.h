#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/program/linear_operator.h"
#include "core/program/value.h"

namespace strang {

// ---- The operations of a program. Each writes one atom, one register, or reports to the observer.
// ----

// out = sum of terms, in one pass over memory.
struct Combine {
  AtomId out = none;
  std::vector<Term> terms;
};

// Which terms of the field an evaluation asks for, and how.
enum class Part { all, model, conditional, unconditional, guidance };

// What an evaluation writes: the network's own output, or a view of it formed by the field (used
// when the time differs from row to row, so that the view's coefficients cannot be part of the
// program).
enum class View { output, data, noise, score, velocity };

// out = field(in, time). The time is a number, or a register when it differs between samples.
struct Evaluate {
  AtomId out = none;
  AtomId in = none;
  double time = 0;
  RegisterId time_register = none;
  Part part = Part::all;
  View view = View::output;
};

// What a random draw is for. Draws of different domains are independent.
enum class Domain { initial, process, corrector, fit, label };

// out = standard normal draws for the interval between two times.
struct Noise {
  AtomId out = none;
  double from = 0;  // process time
  double to = 0;
  int step = 0;    // number of grid nodes passed so far: names the draw in a replayed record
  int stream = 0;  // several draws in one interval
  Domain domain = Domain::process;
};

// out = per-sample data given to the run under a name.
struct Input {
  AtomId out = none;
  std::string name;
};

// out = operators[index](in).
struct Filter {
  AtomId out = none;
  AtomId in = none;
  int index = 0;
};

// out = a where the register is not zero, else b; row by row.
struct Select {
  AtomId out = none;
  RegisterId mask = none;
  AtomId a = none;
  AtomId b = none;
};

// A register from atoms: the Euclidean norm of a sample; the dot product of two; or the root mean
// square of a / (absolute + relative max(|b|, |c|)) over the elements, the usual error norm of
// adaptive solvers.
struct Reduce {
  enum class Kind { norm, dot, scaled_rms };
  RegisterId out = none;
  Kind kind = Kind::norm;
  AtomId a = none, b = none, c = none;
  double absolute = 0, relative = 0;
  bool across_batch = false;  // one number for the whole micro-batch: couples samples
};

// out = function(a, b, c) of registers and literals.
struct Compute {
  enum class Function {
    add,
    subtract,
    multiply,
    divide,
    sqrt,
    abs,
    power,
    minimum,
    maximum,
    less,
    less_equal,
    select
  };
  struct Operand {
    RegisterId id = none;
    double literal = 0;
  };
  RegisterId out = none;
  Function function = Function::add;
  Operand a, b, c;
};

// The state at a time of the grid, or the data prediction of an evaluation: seen by the observer.
struct Node {
  int index = 0;  // position in the grid; for a side node: in the list of wanted times
  double time = 0;
  AtomId state = none;
};

// A value that only the log wants: formed for the followed samples alone, costs nothing otherwise.
struct Record {
  std::string name;
  int index = 0;
  double time = 0;
  std::vector<Term> terms;
};

struct Loop;
using Operation = std::variant<Combine, Evaluate, Noise, Input, Filter, Select, Reduce, Compute,
                               Node, Record, Loop>;

// Repeats the body until the register `active` is zero for every sample. Carried atoms and
// registers start from `initial` and take the value of `next` after each pass.
struct Loop {
  template <class Id>
  struct Carried {
    Id id = none, initial = none, next = none;
  };
  std::vector<Operation> body;
  std::vector<Carried<AtomId>> atoms;
  std::vector<Carried<RegisterId>> registers;
  RegisterId active = none;
  RegisterId accepted =
      none;       // mask of this pass: attempts that were accepted, for the count of rejections
  int limit = 0;  // more passes than this are a failed run
};

// A sampler as data: straight-line operations on atoms and registers, with numbers in them.
struct Program {
  int slots = 1;
  int atoms = 0;  // atom 0 is the initial state
  int registers = 0;
  std::vector<Operation> operations;
  AtomId result = 0;
  std::vector<double> free;  // values of the free coefficients, 0 until fitted
  std::vector<LinearOperator> operators;
};

std::string_view name_of(Part part);
std::string_view name_of(View view);
std::string_view name_of(Domain domain);
std::string_view name_of(Reduce::Kind kind);
std::string_view name_of(Compute::Function function);

// Whether the operations draw random numbers, or mix samples of a batch.
bool is_stochastic(const Program& program);
bool is_coupled(const Program& program);

// The atoms that an operation reads, and the one that it writes (`none` where there is none). For a
// loop: everything that its body reads from outside.
std::vector<AtomId> atoms_read(const Operation& operation);
AtomId atom_written(const Operation& operation);

// Calls f(operation) for every operation, those inside loops included.
template <class F>
void for_each_operation(const std::vector<Operation>& operations, F f) {
  for (const Operation& operation : operations) {
    f(operation);
    if (const Loop* loop = std::get_if<Loop>(&operation)) for_each_operation(loop->body, f);
  }
}

}  // namespace strang
