#pragma once

#include <concepts>
#include <utility>
#include <vector>

#include "core/options.h"
#include "core/sampling/grid.h"
#include "core/sampling/tracer.h"

namespace strang {

// What an integrator declares about itself; the tests hold it to that.
struct IntegratorTraits {
  int order = 1;  // global order: strong for deterministic methods, weak for stochastic ones
  // Of the later steps of a multistep method, when its first ones have so little history that the
  // order above, reached on very fine grids, is less; 0: none are better.
  int step_order = 0;
  int slots = 0;           // slots of the process it needs; 0: any
  double evaluations = 1;  // network evaluations for each step; for adaptive methods, each attempt
  double last_evaluations = -1;     // of a last step that ends at zero noise; -1: as any other
  std::vector<double> first_extra;  // additional evaluations of the first steps
  std::vector<double> last_extra;   // and of the last steps; negative where they save some
  bool stochastic = false;
  bool adaptive = false;         // chooses its own steps between the nodes
  bool couples_samples = false;  // needs the whole run in one micro-batch

  // Evaluations of a run of `steps` steps.
  double nfe(int steps, bool ends_at_zero) const;
};

// A sampler: a function that writes its arithmetic on a tracer, from the state at t[0] to that at
// t[t.steps()]. It calls trace.node for every state it reaches.
class Integrator {
 public:
  virtual ~Integrator() = default;
  virtual IntegratorTraits traits() const = 0;
  virtual Value trace(Tracer& tracer, Value u, const Grid& t) const = 0;
};

// Wraps an options struct that has a member `trace`. A struct whose traits depend on its options
// has a member `traits(IntegratorTraits declared)`, too.
template <class Method>
class IntegratorOf final : public Integrator {
 public:
  IntegratorOf(Method method, IntegratorTraits declared)
      : method_(std::move(method)), declared_(declared) {}

  IntegratorTraits traits() const override {
    if constexpr (requires(const Method& m) { m.traits(declared_); })
      return method_.traits(declared_);
    else
      return declared_;
  }
  Value trace(Tracer& tracer, Value u, const Grid& t) const override {
    return method_.trace(tracer, std::move(u), t);
  }

 private:
  Method method_;
  IntegratorTraits declared_;
};

}  // namespace strang
