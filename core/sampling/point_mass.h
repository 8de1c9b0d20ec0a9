#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/program/builder.h"
#include "core/sampling/field.h"
#include "core/sampling/least_squares.h"

namespace strang {

// Linear constraints under which a step is exact for data that is one point c with noise n, along
// u = alpha c + sigma n:
//   translation  c = 1, n = 0: the step commutes with shifts of the data
//   point_mass   c = 0, n = 1: the noise shrinks as sigma does
// of the coefficients of `features`, added to `base`, for the state at time `to`. `states`: the
// time of each atom that is a state of the grid. One-slot processes without random draws.
Constraints point_mass_constraints(const Program& so_far, const Field& field,
                                   const std::map<AtomId, double>& states, double to,
                                   const Value& base, const std::vector<Value>& features,
                                   const std::vector<std::string>& kinds);

}  // namespace strang
