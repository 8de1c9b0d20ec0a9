#include "experiments/final_states.h"

#include <cmath>
#include <vector>

namespace strang {

FinalStates::FinalStates(const Experiment& e) : last_(e.grid->steps()) {
  std::vector<std::int64_t> shape = {e.spec.samples, e.process->slots()};
  for (const std::int64_t size : e.model->event_shape()) shape.push_back(size);
  states_ = at::full(shape, std::nan(""), at::kDouble);
}

void FinalStates::node(const Node& node, const at::Tensor& state, Rows rows) {
  if (node.index == last_)
    states_.narrow(0, rows.first, rows.valid).copy_(state.narrow(0, 0, rows.valid));
}

}  // namespace strang
