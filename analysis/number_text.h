#pragma once

#include <string>

#include "analysis/interval.h"

namespace strang::analysis {

// A number with exactly `digits` significant digits (at least 1): "0.0123", "1.00", "1.23e-03". The
// exponent appears below 1e-2 and from 10^max(digits, 4) on, so that no digit shown is made up
// by more than padding. Zero is "0"; "inf", "-inf" and "nan" are themselves.
std::string significant(double value, int digits = 3);

// "1.23e-03 [1.1e-03, 1.4e-03]": the bounds have one digit less (at least 1), or as
// many as show what sets them apart.
std::string significant(const Measured& measured, int digits = 3);

// The shortest text that reads back as the same double.
std::string exact(double value);

}  // namespace strang::analysis
