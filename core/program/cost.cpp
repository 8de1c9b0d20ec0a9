#include "core/program/cost.h"

#include "core/program/plan.h"

namespace strang {
namespace {

void add(const Operation& operation, Cost& cost) {
  if (const auto* evaluate = std::get_if<Evaluate>(&operation))
    ++(evaluate->part == Part::guidance ? cost.guidance : cost.evaluations);
  if (std::holds_alternative<Noise>(operation)) ++cost.noise;
  if (std::holds_alternative<Combine>(operation) || std::holds_alternative<Filter>(operation) ||
      std::holds_alternative<Select>(operation) || std::holds_alternative<Reduce>(operation))
    ++cost.passes;
  if (std::holds_alternative<Loop>(operation)) cost.adaptive = true;
}

}  // namespace

Cost count_cost(const Program& program) {
  Cost cost;
  for_each_operation(program.operations, [&](const Operation& op) { add(op, cost); });
  cost.buffers =
      plan_buffers(program, at::kDouble, [](const Evaluate&) { return at::kDouble; }).buffers();
  return cost;
}

std::vector<Cost> count_steps(const Program& program) {
  std::vector<Cost> steps;
  Cost current;
  for_each_operation(program.operations, [&](const Operation& operation) {
    add(operation, current);
    if (const auto* node = std::get_if<Node>(&operation)) {
      if (node->index > 0) steps.push_back(current);
      current = {};
    }
  });
  return steps;
}

}  // namespace strang
