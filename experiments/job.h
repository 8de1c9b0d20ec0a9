#pragma once

#include <string>

#include "core/config/node.h"

namespace strang {

// What decides the numbers of a run, as a tree: the resolved configuration without the keys that
// say only where and how it runs and what it writes (name, output, log, threads, launcher), and
// with the SHA-256 of its content in place of every file that it names. So moving data changes
// nothing, and changing it does.
config::Node job_of(const config::Node& resolved);

// Names a run: SHA-256 of its job and of the code revision. Two runs with one hash give the same
// numbers.
std::string job_hash(const config::Node& resolved);

}  // namespace strang
