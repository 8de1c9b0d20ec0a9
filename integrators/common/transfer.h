#pragma once

#include "core/sampling/grid.h"
#include "core/sampling/tracer.h"

namespace strang {

// DDIM's transfer of x along a fixed noise estimate (Liu et al. 2022, eq. 11): x / alpha moves by
// noise times the change of sigma / alpha. Exact when the noise estimate does not change.
inline Value transfer(const Process& process, const Value& x, const Value& noise, double from,
                      double to) {
  const double ratio = process.mean(to).value() / process.mean(from).value();
  return ratio * x + (process.root(to).value() - ratio * process.root(from).value()) * noise;
}

}  // namespace strang
