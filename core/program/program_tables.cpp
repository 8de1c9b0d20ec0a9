#include "core/program/program_tables.h"

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace strang {
namespace {

// One row of the table of operations: a kind, integers and doubles whose meaning depends on the
// kind. One function of a visitor lists the fields of each kind, and serves writing and reading.
struct Row {
  std::array<std::int64_t, ProgramTables::integer_fields> integers{};
  std::array<double, ProgramTables::double_fields> doubles{};
};

enum class Kind {
  combine,
  evaluate,
  noise,
  input,
  filter,
  select,
  reduce,
  compute,
  node,
  record,
  loop_begin,
  loop_end
};
// Field lists. A visitor `f` is called with a reference to each integer, enumeration or double, in
// order.
template <class F>
void fields(Evaluate& o, F& f) {
  f(o.out), f(o.in), f(o.time_register), f(o.part), f(o.view), f(o.time);
}
template <class F>
void fields(Noise& o, F& f) {
  f(o.out), f(o.step), f(o.stream), f(o.domain), f(o.from), f(o.to);
}
template <class F>
void fields(Filter& o, F& f) {
  f(o.out), f(o.in), f(o.index);
}
template <class F>
void fields(Select& o, F& f) {
  f(o.out), f(o.mask), f(o.a), f(o.b);
}
template <class F>
void fields(Reduce& o, F& f) {
  f(o.out), f(o.kind), f(o.a), f(o.b), f(o.c), f(o.across_batch), f(o.absolute), f(o.relative);
}
template <class F>
void fields(Node& o, F& f) {
  f(o.index), f(o.state), f(o.time);
}

struct Writer {
  Row row;
  int integers = 0, doubles = 0;
  void operator()(double x) { row.doubles.at(doubles++) = x; }
  template <class T>
  void operator()(T x) {
    row.integers.at(integers++) = static_cast<std::int64_t>(x);
  }
};

constexpr std::int64_t last_of(Part) { return static_cast<std::int64_t>(Part::guidance); }
constexpr std::int64_t last_of(View) { return static_cast<std::int64_t>(View::velocity); }
constexpr std::int64_t last_of(Domain) { return static_cast<std::int64_t>(Domain::label); }
constexpr std::int64_t last_of(Reduce::Kind) {
  return static_cast<std::int64_t>(Reduce::Kind::scaled_rms);
}
constexpr std::int64_t last_of(Compute::Function) {
  return static_cast<std::int64_t>(Compute::Function::select);
}
constexpr std::int64_t last_of(bool) { return 1; }

// Whether a T can have this value.
template <class T>
bool holds(std::int64_t value) {
  if constexpr (std::is_same_v<T, int>)
    return value == static_cast<int>(value);
  else
    return value >= 0 && value <= last_of(T{});
}

struct Reader {
  const Row& row;
  int integers = 0, doubles = 0;
  bool good = true;
  void operator()(double& x) { x = row.doubles.at(doubles++); }
  template <class T>
  void operator()(T& x) {
    const std::int64_t value = row.integers.at(integers++);
    good = good && holds<T>(value);
    x = static_cast<T>(value);
  }
};

class Encoder {
 public:
  explicit Encoder(const Program& program) : slots_(program.slots) { encode(program.operations); }
  ProgramTables take() { return std::move(tables_); }

 private:
  void encode(const std::vector<Operation>& operations) {
    for (Operation operation : operations) std::visit([&](auto& op) { write(op); }, operation);
  }

  void push(Kind kind, const Row& row) {
    tables_.kinds.push_back(static_cast<std::int64_t>(kind));
    tables_.integers.insert(tables_.integers.end(), row.integers.begin(), row.integers.end());
    tables_.doubles.insert(tables_.doubles.end(), row.doubles.begin(), row.doubles.end());
  }

  template <class Op>
  void push_fields(Kind kind, Op& op) {
    Writer writer;
    fields(op, writer);
    push(kind, writer.row);
  }

  std::int64_t name(const std::string& text) {
    tables_.names.push_back(text);
    return static_cast<std::int64_t>(tables_.names.size()) - 1;
  }

  // Appends terms; returns where they begin.
  std::int64_t put(const std::vector<Term>& terms) {
    const auto begin = static_cast<std::int64_t>(tables_.term_ids.size() / 3);
    for (const Term& term : terms) {
      for (const int id : {term.atom, term.factor, term.free}) tables_.term_ids.push_back(id);
      for (int r = 0; r < slots_; ++r)
        for (int c = 0; c < slots_; ++c) tables_.coefficients.push_back(term.coefficient(r, c));
    }
    return begin;
  }

  void write(Combine& op) {
    const auto size = static_cast<std::int64_t>(op.terms.size());
    push(Kind::combine, {{op.out, put(op.terms), size}, {}});
  }
  void write(Record& op) {
    const auto size = static_cast<std::int64_t>(op.terms.size());
    push(Kind::record, {{name(op.name), op.index, put(op.terms), size}, {op.time}});
  }
  void write(Evaluate& op) { push_fields(Kind::evaluate, op); }
  void write(Noise& op) { push_fields(Kind::noise, op); }
  void write(Input& op) { push(Kind::input, {{op.out, name(op.name)}, {}}); }
  void write(Filter& op) { push_fields(Kind::filter, op); }
  void write(Select& op) { push_fields(Kind::select, op); }
  void write(Reduce& op) { push_fields(Kind::reduce, op); }
  void write(Node& op) { push_fields(Kind::node, op); }
  void write(Compute& op) {
    push(Kind::compute, {{op.out, static_cast<std::int64_t>(op.function),
                          static_cast<std::int64_t>(tables_.operands.size())},
                         {}});
    for (const Compute::Operand& operand : {op.a, op.b, op.c}) {
      tables_.operands.push_back(operand.id);
      tables_.literals.push_back(operand.literal);
    }
  }
  void write(Loop& op) {
    const auto begin = static_cast<std::int64_t>(tables_.carried.size() / 4);
    for (const auto& c : op.atoms)
      for (const int id : {0, c.id, c.initial, c.next}) tables_.carried.push_back(id);
    for (const auto& c : op.registers)
      for (const int id : {1, c.id, c.initial, c.next}) tables_.carried.push_back(id);
    const auto end = static_cast<std::int64_t>(tables_.carried.size() / 4);
    push(Kind::loop_begin, {{begin, end, op.active, op.accepted, op.limit}, {}});
    encode(op.body);
    push(Kind::loop_end, {});
  }

  int slots_;
  ProgramTables tables_;
};

class Decoder {
 public:
  Decoder(const ProgramTables& tables, const Program& program, std::string where)
      : tables_(tables), program_(program), where_(std::move(where)) {}

  std::vector<Operation> decode() {
    std::vector<Operation> operations = decode_until_end(false);
    check(next_ == tables_.kinds.size(), "operations", "a loop that ends twice");
    return operations;
  }

 private:
  void check(bool good, std::string_view table, std::string_view what) const {
    require(good, "{}: the program is damaged: {} in '{}'", where_, what, table);
  }
  AtomId atom(std::int64_t id) const {
    check(id >= none && id < program_.atoms, "operations", fmt::format("atom {}", id));
    return static_cast<AtomId>(id);
  }
  RegisterId reg(std::int64_t id) const {
    check(id >= none && id < program_.registers, "operations", fmt::format("register {}", id));
    return static_cast<RegisterId>(id);
  }

  std::vector<Operation> decode_until_end(bool inside) {
    std::vector<Operation> operations;
    while (next_ < tables_.kinds.size()) {
      const std::int64_t kind = tables_.kinds[next_];
      check(kind >= 0 && kind < std::ssize(ProgramTables::kind_names), "kinds",
            fmt::format("kind {}", kind));
      Row row;
      std::copy_n(tables_.integers.begin() + std::ptrdiff_t(next_) * ProgramTables::integer_fields,
                  ProgramTables::integer_fields, row.integers.begin());
      std::copy_n(tables_.doubles.begin() + std::ptrdiff_t(next_) * ProgramTables::double_fields,
                  ProgramTables::double_fields, row.doubles.begin());
      ++next_;
      if (static_cast<Kind>(kind) == Kind::loop_end) {
        check(inside, "kinds", "the end of a loop that was not begun");
        return operations;
      }
      operations.push_back(read(static_cast<Kind>(kind), row));
    }
    check(!inside, "kinds", "a loop without an end");
    return operations;
  }

  template <class Op>
  Operation read_fields(const Row& row) const {
    Op op;
    Reader reader{row};
    fields(op, reader);
    check(reader.good, "integers", "a value that its field cannot have");
    return op;
  }

  Operation read(Kind kind, const Row& row) {
    const auto& i = row.integers;
    switch (kind) {
      case Kind::combine:
        return Combine{atom(i[0]), terms(i[1], i[2])};
      case Kind::evaluate:
        return read_fields<Evaluate>(row);
      case Kind::noise:
        return read_fields<Noise>(row);
      case Kind::input:
        return Input{atom(i[0]), name(i[1])};
      case Kind::filter: {
        check(i[2] >= 0 && i[2] < std::ssize(program_.operators), "operations", "an operator");
        return read_fields<Filter>(row);
      }
      case Kind::select:
        return read_fields<Select>(row);
      case Kind::reduce:
        return read_fields<Reduce>(row);
      case Kind::compute:
        return compute(row);
      case Kind::node:
        return read_fields<Node>(row);
      case Kind::record:
        check(holds<int>(i[1]), "integers", "an index");
        return Record{name(i[0]), static_cast<int>(i[1]), row.doubles[0], terms(i[2], i[3])};
      default:
        return loop(row);
    }
  }

  const std::string& name(std::int64_t index) const {
    check(index >= 0 && index < std::ssize(tables_.names), "names", fmt::format("name {}", index));
    return tables_.names[index];
  }

  std::vector<Term> terms(std::int64_t begin, std::int64_t count) const {
    const std::int64_t size_of_table = std::ssize(tables_.term_ids) / 3;
    check(begin >= 0 && count >= 0 && begin <= size_of_table && count <= size_of_table - begin,
          "terms", "an index");
    const int size = program_.slots * program_.slots;
    std::vector<Term> terms;
    for (std::int64_t t = begin; t < begin + count; ++t) {
      Block block = Block::zero(program_.slots);
      for (int e = 0; e < size; ++e)
        block(e / program_.slots, e % program_.slots) = tables_.coefficients[t * size + e];
      const std::int64_t* id = &tables_.term_ids[t * 3];
      check(id[2] >= none && id[2] < std::ssize(program_.free), "terms", "a free coefficient");
      check(id[0] >= 0, "terms", "an atom");
      terms.push_back({atom(id[0]), reg(id[1]), static_cast<FreeId>(id[2]), block, block.abs()});
    }
    return terms;
  }

  Operation compute(const Row& row) const {
    const std::int64_t at = row.integers[2];
    check(at >= 0 && at <= std::ssize(tables_.operands) - 3, "operands", "an index");
    check(holds<Compute::Function>(row.integers[1]), "integers", "a function");
    const auto operand = [&](std::int64_t k) {
      return Compute::Operand{reg(tables_.operands[at + k]), tables_.literals[at + k]};
    };
    return Compute{reg(row.integers[0]), static_cast<Compute::Function>(row.integers[1]),
                   operand(0), operand(1), operand(2)};
  }

  Loop loop(const Row& row) {
    const auto& i = row.integers;
    check(i[0] >= 0 && i[0] <= i[1] && i[1] <= std::ssize(tables_.carried) / 4, "carried",
          "an index");
    Loop loop;
    for (std::int64_t c = i[0]; c < i[1]; ++c) {
      const std::int64_t* id = &tables_.carried[c * 4];
      if (id[0] != 0)
        loop.registers.push_back({reg(id[1]), reg(id[2]), reg(id[3])});
      else
        loop.atoms.push_back({atom(id[1]), atom(id[2]), atom(id[3])});
    }
    loop.active = reg(i[2]);
    loop.accepted = reg(i[3]);
    check(holds<int>(i[4]), "integers", "a limit");
    loop.limit = static_cast<int>(i[4]);
    loop.body = decode_until_end(true);
    return loop;
  }

  const ProgramTables& tables_;
  const Program& program_;
  std::string where_;
  std::size_t next_ = 0;
};

}  // namespace

ProgramTables encode_operations(const Program& program) { return Encoder(program).take(); }

std::vector<Operation> decode_operations(const ProgramTables& tables, const Program& program,
                                         const std::string& where) {
  return Decoder(tables, program, where).decode();
}

}  // namespace strang
