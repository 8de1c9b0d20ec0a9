#include "core/sampling/program_integrator.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/program/cost.h"

namespace strang {
namespace {

class ProgramIntegrator final : public Integrator {
 public:
  ProgramIntegrator(Program program, std::string origin)
      : program_(std::move(program)), origin_(std::move(origin)) {
    // The start and the log are the business of the run that traces this.
    std::erase_if(program_.operations, [](const Operation& operation) {
      const Node* node = std::get_if<Node>(&operation);
      return std::holds_alternative<Record>(operation) || (node != nullptr && node->index == 0);
    });
  }

  IntegratorTraits traits() const override {
    const std::vector<Cost> steps = count_steps(program_);
    IntegratorTraits traits{.stochastic = is_stochastic(program_),
                            .adaptive = count_cost(program_).adaptive,
                            .couples_samples = is_coupled(program_)};
    if (steps.empty()) return traits;
    traits.evaluations = steps.front().evaluations;
    for (const Cost& step : steps)
      traits.first_extra.push_back(step.evaluations - traits.evaluations);
    return traits;
  }

  Value trace(Tracer& trace, Value u, const Grid& t) const override {
    require_same_grid(t);
    return trace.builder().splice(program_, u);
  }

 private:
  // The nodes of the program within 1e-12 of those of the grid.
  void require_same_grid(const Grid& t) const {
    int nodes = 0;
    for_each_operation(program_.operations, [&](const Operation& operation) {
      const Node* node = std::get_if<Node>(&operation);
      if (node == nullptr || node->index == 0) return;
      ++nodes;
      const bool same = node->index <= t.steps() &&
                        std::abs(node->time - t[node->index]) <= 1e-12 * std::max(1.0, t[0]);
      require(same, "{}: node {} of the program is at t = {}, the grid of this run has {}", origin_,
              node->index, node->time,
              node->index <= t.steps() ? fmt::format("t = {}", t[node->index]) : "no such node");
    });
    require(nodes == t.steps(), "{}: the program has {} steps, the grid of this run has {}",
            origin_, nodes, t.steps());
  }

  Program program_;
  std::string origin_;
};

}  // namespace

std::unique_ptr<Integrator> make_program_integrator(Program program, std::string origin) {
  return std::make_unique<ProgramIntegrator>(std::move(program), std::move(origin));
}

}  // namespace strang
