#pragma once

#include <memory>
#include <string>

#include "core/program/program.h"
#include "core/sampling/integrator.h"

namespace strang {

// A sampler as data. It runs on the grid that the program was traced on: the nodes within 1e-12 of
// it. `origin` names it in messages.
std::unique_ptr<Integrator> make_program_integrator(Program program, std::string origin);

}  // namespace strang
