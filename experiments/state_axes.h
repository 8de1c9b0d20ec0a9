#pragma once

#include <cstdint>
#include <vector>

#include "core/store/group.h"

namespace strang {

// The axes of states [lead..., slot, event...]: channel, row and column where the event has three
// axes, else component (component0, component1, ... where there are several).
std::vector<store::Axis> state_axes(std::vector<store::Axis> lead, int slots,
                                    const std::vector<std::int64_t>& event);

}  // namespace strang
