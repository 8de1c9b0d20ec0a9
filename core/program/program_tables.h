#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/program/program.h"

namespace strang {

// The operations of a program as tables of numbers, as they lie in a file (docs/program_file.md).
struct ProgramTables {
  static constexpr int integer_fields = 8;
  static constexpr int double_fields = 2;
  static constexpr std::array kind_names = {"combine", "evaluate", "noise",      "input",
                                            "filter",  "select",   "reduce",     "compute",
                                            "node",    "record",   "loop_begin", "loop_end"};

  std::vector<std::int64_t> kinds;
  std::vector<std::int64_t> integers;  // [operation, integer_fields]
  std::vector<double> doubles;         // [operation, double_fields]
  std::vector<std::int64_t> term_ids;  // [term, 3]: atom, factor, free
  std::vector<double> coefficients;    // [term, slots * slots]
  std::vector<std::int64_t> operands;  // [compute operand]: register or none
  std::vector<double> literals;        // [compute operand]
  std::vector<std::int64_t> carried;   // [carried, 4]: is register, id, initial, next
  std::vector<std::string> names;
};

ProgramTables encode_operations(const Program& program);

// The operations; `program` holds all else already. Throws UsageError, which begins with `where`,
// when an index or a value is out of its range.
std::vector<Operation> decode_operations(const ProgramTables& tables, const Program& program,
                                         const std::string& where);

}  // namespace strang
