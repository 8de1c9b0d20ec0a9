#include "experiments/optimize.h"

#include "core/sampling/program_integrator.h"
#include "core/tensor.h"
#include "experiments/sampler.h"
#include "experiments/sources.h"

namespace strang {

void optimize(Experiment& e) {
  if (!e.optimizer) return;
  const std::vector<std::int64_t> event = e.model->event_shape();
  const auto initial = [&](const config::Node& source, int stream, std::int64_t samples) {
    Spec spec = e.spec;
    spec.samples = samples;
    spec.initial = source.is_null() ? InitialOptions{.for_fit = true, .stream = stream}
                                    : InitialOptions::read(source, "optimizer.initial");
    return make_initial(spec, *e.grid, event);
  };
  const ExecutorOptions execution{e.spec.microbatch,
                                  e.spec.dtype == "float64" ? at::kDouble : at::kFloat, event, 0,
                                  e.spec.device == "cuda" ? at::kCUDA : at::kCPU};
  const auto labels = make_labels(e.spec.labels, LabelUse::fit, e.spec.seed, 0, *e.model);
  const Field field(*e.process, *e.model, labels.get());
  e.artefact =
      e.optimizer->optimize({field, *e.integrator, *e.schedule, *e.grid, execution, initial});
  e.grid = std::make_unique<Grid>(*e.process, e.artefact->times);
  const auto sampler = make_program_integrator(e.artefact->program, "the optimized sampler");
  e.program = trace_sampler(*sampler, *e.field, *e.grid, {e.spec.denoise, false});
}

}  // namespace strang
