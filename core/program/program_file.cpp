#include "core/program/program_file.h"

#include <cstdint>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/program/program_tables.h"
#include "core/program/soundness.h"

namespace strang {
namespace {

template <class T>
void write_table(store::Group& group, const std::string& name, const std::vector<T>& values,
                 std::int64_t columns) {
  std::vector<store::Axis> axes = {{name + "_row", std::ssize(values) / columns}};
  if (columns > 1) axes.push_back({name + "_column", columns});
  group.write(name, axes, values);
}

template <class T>
std::vector<T> read_table(const store::Group& group, const std::string& name, std::int64_t columns,
                          std::int64_t rows = -1) {
  const store::Dataset dataset = group.dataset(name);
  dataset.require_shape(columns > 1 ? store::Shape{rows, columns} : store::Shape{rows});
  return dataset.read<T>();
}

void save_operators(const Program& program, store::Group& group) {
  for (std::size_t i = 0; i < program.operators.size(); ++i) {
    const LinearOperator& op = program.operators[i];
    store::Group child = group.create_group(fmt::format("operator_{}", i));
    child.set_attribute("kind", std::string(name_of(op.kind)));
    write_table(child, "shape", op.shape, 1);
    write_table(child, "gains", op.gains, 1);
  }
}

std::vector<LinearOperator> load_operators(const store::Group& group, std::int64_t count) {
  std::vector<LinearOperator> operators;
  for (std::int64_t i = 0; i < count; ++i) {
    const store::Group child = group.group(fmt::format("operator_{}", i));
    LinearOperator op;
    op.kind = child.attribute<std::string>("kind") == "mask" ? LinearOperator::Kind::mask
                                                             : LinearOperator::Kind::fourier;
    op.shape = read_table<std::int64_t>(child, "shape", 1);
    op.gains = read_table<double>(child, "gains", 1, store::element_count(op.shape));
    operators.push_back(std::move(op));
  }
  return operators;
}

}  // namespace

void save_program(const Program& program, store::Group group) {
  const ProgramTables tables = encode_operations(program);
  group.set_attribute("format", std::int64_t{1});
  group.set_attribute("slots", std::int64_t{program.slots});
  group.set_attribute("atoms", std::int64_t{program.atoms});
  group.set_attribute("registers", std::int64_t{program.registers});
  group.set_attribute("result", std::int64_t{program.result});
  group.set_attribute("operators", std::ssize(program.operators));
  group.set_attribute("kind_names", std::vector<std::string>(ProgramTables::kind_names.begin(),
                                                             ProgramTables::kind_names.end()));
  write_table(group, "kinds", tables.kinds, 1);
  write_table(group, "integers", tables.integers, ProgramTables::integer_fields);
  write_table(group, "doubles", tables.doubles, ProgramTables::double_fields);
  write_table(group, "term_ids", tables.term_ids, 3);
  write_table(group, "coefficients", tables.coefficients, program.slots * program.slots);
  write_table(group, "operands", tables.operands, 1);
  write_table(group, "literals", tables.literals, 1);
  write_table(group, "carried", tables.carried, 4);
  write_table(group, "free", program.free, 1);
  group.write_strings("names", "name", tables.names);
  save_operators(program, group);
}

Program load_program(const store::Group& group) {
  const auto format = group.attribute<std::int64_t>("format");
  require(format == 1, "{}: the program has format {}, this version reads format 1", group.where(),
          format);
  Program program;
  program.slots = static_cast<int>(group.attribute<std::int64_t>("slots"));
  require(program.slots >= 1 && program.slots <= Block::max_slots,
          "{}: {} slots; allowed are 1 to {}", group.where(), program.slots, Block::max_slots);
  program.atoms = static_cast<int>(group.attribute<std::int64_t>("atoms"));
  program.registers = static_cast<int>(group.attribute<std::int64_t>("registers"));
  program.result = static_cast<AtomId>(group.attribute<std::int64_t>("result"));
  program.free = read_table<double>(group, "free", 1);
  program.operators = load_operators(group, group.attribute<std::int64_t>("operators"));
  ProgramTables t;
  t.kinds = read_table<std::int64_t>(group, "kinds", 1);
  const auto rows = std::ssize(t.kinds);
  t.integers = read_table<std::int64_t>(group, "integers", ProgramTables::integer_fields, rows);
  t.doubles = read_table<double>(group, "doubles", ProgramTables::double_fields, rows);
  t.term_ids = read_table<std::int64_t>(group, "term_ids", 3);
  t.coefficients = read_table<double>(group, "coefficients", program.slots * program.slots,
                                      std::ssize(t.term_ids) / 3);
  t.operands = read_table<std::int64_t>(group, "operands", 1);
  t.literals = read_table<double>(group, "literals", 1, std::ssize(t.operands));
  t.carried = read_table<std::int64_t>(group, "carried", 4);
  t.names = group.dataset("names").read_strings();
  // Each operation writes at most one of them, each loop those that it carries.
  const std::int64_t most = 1 + rows + std::ssize(t.carried) / 4;
  for (const auto& [name, least] : {std::pair{"atoms", 1}, {"registers", 0}}) {
    const auto count = group.attribute<std::int64_t>(name);
    require(count >= least && count <= most, "{}: the program is damaged: {} {}", group.where(),
            count, name);
  }
  program.operations = decode_operations(t, program, group.where());
  require_sound(program, group.where() + ": the program is damaged");
  return program;
}

}  // namespace strang
