#include "experiments/sampler.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/sampling/tracer.h"

namespace strang {
namespace {

Value denoise(Tracer& trace, Value u, double t, const std::string& drift) {
  const double end = trace.process().time().begin;
  const Value rate = [&] {
    if (drift == "ode_drift") return trace.evaluate(u, t).velocity;
    const Block g = trace.process().diffusion(t);
    const Value score = trace.evaluate(u, t).score;
    return trace.process().drift(t) * u - g * g.transpose() * score;
  }();
  return trace.store(u + (end - t) * rate);
}

AtomId last_state(const Program& program) {
  AtomId state = none;
  for_each_operation(program.operations, [&](const Operation& operation) {
    if (const auto* node = std::get_if<Node>(&operation)) state = node->state;
  });
  return state;
}

bool same_time(double a, double b, double scale) { return std::abs(a - b) <= 1e-12 * scale; }

}  // namespace

Program trace_sampler(const Integrator& integrator, const Field& field, const Grid& grid,
                      const SamplerOptions& options) {
  Builder builder(field.process().slots());
  Tracer trace(builder, field, {.record_evaluations = options.record_evaluations});
  builder.node(0, grid[0], 0);
  Value u = integrator.trace(trace, builder.initial(), grid);
  if (options.denoise == "none") return builder.finish(u);
  const double t = grid[grid.steps()];
  require(t > field.process().time().begin,
          "denoise '{}' steps from the end of the grid to t = {}, but the grid ends there already",
          options.denoise, t);
  Builder probe = builder;
  const Program so_far = probe.finish(u);
  require(so_far.result == last_state(so_far),
          "the integrator's program ends in a denoising step already: set denoise to none");
  return builder.finish(denoise(trace, u, t, options.denoise));
}

Program trace_reference(const Integrator& integrator, const Field& field, const Grid& fine,
                        const std::vector<double>& wanted) {
  Builder builder(field.process().slots());
  Tracer branch(builder, field, {.emit_nodes = false});
  const double scale = std::max(1.0, fine[0]);
  const auto reach = [&](int index, double t, const Value& state) {
    for (std::size_t w = 0; w < wanted.size(); ++w) {
      const bool here = same_time(wanted[w], t, scale);
      const bool next = index < fine.steps() && same_time(wanted[w], fine[index + 1], scale);
      if (here)
        builder.node(static_cast<int>(w), wanted[w], state.as_atom());
      else if (!next && wanted[w] < t && index < fine.steps() && wanted[w] > fine[index + 1]) {
        const Value side = integrator.trace(branch, state, fine.step(t, wanted[w]));
        builder.node(static_cast<int>(w), wanted[w], builder.materialise(side));
      }
    }
  };
  Tracer trace(builder, field, {.emit_nodes = false, .after_node = reach});
  reach(0, fine[0], builder.initial());
  return builder.finish(integrator.trace(trace, builder.initial(), fine));
}

}  // namespace strang
