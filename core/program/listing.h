#pragma once

#include <string>
#include <vector>

#include "core/program/program.h"

namespace strang {

struct ListingOptions {
  int digits = 6;  // significant digits of coefficients and times; 17 shows every bit
};

// The program as text, one line an operation, grouped by the nodes of the grid: atoms are u
// (states), e (evaluations) and z (noise) with their number, registers are r.
std::vector<std::string> list_operations(const Program& program, ListingOptions options = {});

}  // namespace strang
