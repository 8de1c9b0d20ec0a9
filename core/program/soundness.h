#pragma once

#include <string>

#include "core/program/program.h"

namespace strang {

// Throws UsageError unless the program can be planned and run: every atom and register is written
// once, before it is read, and what a loop's body writes is read inside alone. `where` begins the
// message.
void require_sound(const Program& program, const std::string& where);

}  // namespace strang
