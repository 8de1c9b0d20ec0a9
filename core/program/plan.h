#pragma once

#include <functional>
#include <vector>

#include "core/program/program.h"
#include "core/tensor_forward.h"

namespace strang {

// Which buffer holds which atom. Buffers are reused as soon as their atom is read for the last
// time, in place where an operation allows it; atoms of different element types never share one.
struct Plan {
  std::vector<int> buffer;            // of each atom; `none` for atoms that are never written
  std::vector<at::ScalarType> types;  // of each buffer

  int buffers() const { return static_cast<int>(types.size()); }
};

// `evaluation_type` gives the element type of an evaluation's output; all else has the type of the
// state.
Plan plan_buffers(const Program& program, at::ScalarType state_type,
                  const std::function<at::ScalarType(const Evaluate&)>& evaluation_type);

}  // namespace strang
