// Coordinate descent on the times of a run: each time is moved between its neighbours, in the noise
// level's logarithm (in time, on two slots), as long as that lowers the root mean square distance
// of the base integrator's endpoints from a fine solution's. No gradients. A step to zero noise is
// kept.

#include <cmath>

#include "core/error.h"
#include "core/plugin.h"
#include "integrators/common/teacher.h"

namespace strang {
namespace {

struct ScheduleSearch {
  std::int64_t samples = 128;
  int sweeps = 4;
  double shift = 0.25;
  config::Node reference;
  int reference_steps = 128;
  config::Node initial;

  void fields(OptionVisitor& v) {
    v.field("samples", samples, "initial states").at_least(1);
    v.field("sweeps", sweeps, "passes over all times; each halves the shift").at_least(1);
    v.field("shift", shift, "first move, as a fraction of the interval to the neighbour")
        .in(0.01, 0.9);
    v.field("reference", reference, "integrator of the fine solution; null: the base itself");
    v.field("reference_steps", reference_steps, "its steps on the run's schedule").at_least(1);
    v.field("initial", initial, "null: draws of the prior of their own, or {file, dataset, scale}");
  }

  std::unique_ptr<Optimizer> build(const Registry& registry) const;
};

class Search final : public Optimizer {
 public:
  Search(ScheduleSearch options, std::unique_ptr<Integrator> reference)
      : options_(std::move(options)), reference_(std::move(reference)) {}

  Artefact optimize(const OptimizerTask& task) const override {
    const Process& process = task.field.process();
    Evaluations run(task, options_.initial, options_.samples);
    const at::Tensor exact = run.endpoint(reference_ ? *reference_ : task.integrator,
                                          task.schedule.times(process, options_.reference_steps));
    const auto error = [&](const std::vector<double>& times) {
      return (run.endpoint(task.integrator, times) - exact).square().mean().sqrt().item<double>();
    };
    std::vector<double> times = task.grid.times();
    const std::size_t inner = times.size() - (task.grid.evaluable(task.grid.steps()) ? 1 : 2);
    double best = error(times), shift = options_.shift;
    for (int sweep = 0; sweep < options_.sweeps; ++sweep, shift /= 2)
      for (std::size_t i = 1; i < inner; ++i)
        for (const int direction : {-1, 1}) {
          std::vector<double> moved = times;
          moved[i] = between(process, times[i], times[i + direction], shift);
          const double found = error(moved);
          if (!(found < best)) continue;
          best = found, times = std::move(moved);
          break;
        }
    return run.finish(std::move(times));
  }

 private:
  static double between(const Process& process, double t, double neighbour, double fraction) {
    if (process.slots() > 1) return t + fraction * (neighbour - t);
    const double lambda = log_snr(process, t), other = log_snr(process, neighbour);
    return time_at_log_snr(process, lambda + fraction * (other - lambda));
  }

  ScheduleSearch options_;
  std::unique_ptr<Integrator> reference_;
};

std::unique_ptr<Optimizer> ScheduleSearch::build(const Registry& registry) const {
  std::unique_ptr<Integrator> integrator;
  if (!reference.is_null())
    integrator = registry.integrators.build(reference, "optimizer.reference", registry).object;
  return std::make_unique<Search>(*this, std::move(integrator));
}

}  // namespace
}  // namespace strang

STRANG_OPTIMIZER(schedule_search, ScheduleSearch, "times by coordinate descent on the endpoint");
