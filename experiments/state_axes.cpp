#include "experiments/state_axes.h"

#include <fmt/format.h>

#include <string>

namespace strang {

std::vector<store::Axis> state_axes(std::vector<store::Axis> lead, int slots,
                                    const std::vector<std::int64_t>& event) {
  lead.push_back({"slot", slots});
  static const std::vector<std::string> image = {"channel", "row", "column"};
  for (std::size_t i = 0; i < event.size(); ++i)
    lead.push_back({event.size() == 3
                        ? image[i]
                        : fmt::format("component{}", event.size() == 1 ? "" : std::to_string(i)),
                    event[i]});
  return lead;
}

}  // namespace strang
