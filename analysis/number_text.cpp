#include "analysis/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace strang::analysis {

std::string significant(double value, int digits) {
  if (value == 0) return "0";
  if (!std::isfinite(value)) return fmt::format("{}", value);
  std::string scientific = fmt::format("{:.{}e}", value, digits - 1);
  // The exponent after rounding: 9.996 with three digits is 10.0.
  const int exponent = std::atoi(scientific.c_str() + scientific.find('e') + 1);
  if (exponent < -2 || exponent >= std::max(digits, 4)) return scientific;
  return fmt::format("{:.{}f}", value, std::max(0, digits - 1 - exponent));
}

std::string significant(const Measured& measured, int digits) {
  const auto [low, high] = measured.interval;
  const double width = (high - low) / std::max(std::abs(low), std::abs(high));
  int bounds = std::max(1, digits - 1);
  if (width > 0 && width < 0.1)
    bounds = std::max(bounds, std::min(8, 1 + static_cast<int>(std::ceil(-std::log10(width)))));
  return fmt::format("{} [{}, {}]", significant(measured.value, digits), significant(low, bounds),
                     significant(high, bounds));
}

std::string exact(double value) { return fmt::format("{}", value); }

}  // namespace strang::analysis
