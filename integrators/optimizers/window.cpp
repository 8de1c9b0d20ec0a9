// Windows of states and of network outputs as directions, for any integrator: the canonical update
// x' = base + sum a_j x_j + sum b_j D_j over the last x_window states and the last d_window
// evaluations (a free linear multistep method; the closed-form relative of S4S and of generalised
// solvers). On positions and momenta each block of a coefficient is fitted (`blocks: full`), or one
// number for both (`scalar`).

#include "core/plugin.h"
#include "integrators/common/directions.h"

namespace strang {
namespace {

struct Window {
  int x_window = 1;
  int d_window = 2;
  std::string view = "data";
  std::string blocks = "full";
  FitOptions fit;

  void fields(OptionVisitor& v) {
    v.field("x_window", x_window, "states, this step's first").in(0, 16);
    v.field("d_window", d_window, "evaluations, newest first").in(0, 16);
    v.field("view", view, "of the evaluations").one_of({"data", "noise", "score", "velocity"});
    v.field("blocks", blocks, "a matrix over the slots for each direction, or a number")
        .one_of({"full", "scalar"});
    fit.fields(v);
  }

  std::vector<Feature> directions(const Grid& grid, std::span<const TracedStep> steps) const {
    std::vector<Feature> features;
    const auto add = [&](const std::string& name, const Value& value) {
      const int slots = grid.process().slots();
      if (slots == 1 || blocks == "scalar") return features.push_back({name, value});
      for (int row = 0; row < slots; ++row)
        for (int column = 0; column < slots; ++column) {
          Block pick = Block::zero(slots);
          pick(row, column) = 1;
          features.push_back({fmt::format("{}[{},{}]", name, row, column), pick * value});
        }
    };
    const auto count = static_cast<int>(steps.size());
    for (int k = 0; k < std::min(x_window, count); ++k)
      add(fmt::format("x_{}", k), steps[count - 1 - k].state);
    int found = 0;
    for (int s = count - 1; s >= 0; --s)
      for (auto e = steps[s].evaluations.rbegin(); e != steps[s].evaluations.rend(); ++e)
        if (found < d_window) add(fmt::format("d_{}", found++), of(e->estimate));
    return features;
  }

  std::unique_ptr<Optimizer> build(const Registry& registry) const {
    return make_fit(*this, registry);
  }

 private:
  const Value& of(const Estimate& e) const {
    if (view == "data") return e.data;
    if (view == "noise") return e.noise;
    return view == "score" ? e.score : e.velocity;
  }
};

}  // namespace
}  // namespace strang

STRANG_OPTIMIZER(window, Window, "windows of states and outputs on any integrator");
