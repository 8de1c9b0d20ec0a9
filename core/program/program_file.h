#pragma once

#include "core/program/program.h"
#include "core/store/group.h"

namespace strang {

// A program in an HDF5 group: tables of operations and terms, bit for bit. docs/program_file.md
// describes them.
void save_program(const Program& program, store::Group group);

// Throws UsageError when the group holds no program, or one that is damaged: every index is
// checked.
Program load_program(const store::Group& group);

}  // namespace strang
