#include "experiments/run.h"

#include <memory>

#include "core/error.h"
#include "experiments/optimize.h"
#include "experiments/provenance.h"
#include "experiments/run_features.h"
#include "experiments/run_recording.h"

namespace strang {

analysis::RunSummary run_experiment(const config::Node& config, const std::filesystem::path& folder,
                                    const std::string& label, const Registry& registry,
                                    ReferenceCache& references, bool force,
                                    const std::function<void()>& started) {
  Experiment e = build_experiment(config, registry);
  const PreparedRun prepared = prepare_run(e, registry);
  const std::filesystem::path path = folder / "run.h5";
  const auto summary = [&] {
    analysis::RunSummary read = analysis::read_summary(path.string());
    read.label = label;
    return read;
  };
  if (!force && is_done(path, e)) {
    analysis::RunSummary done = summary();
    done.note += done.note.empty() ? "done before" : "; done before";
    return done;
  }
  optimize(e);
  RunFeatures features(e, registry, references.features);
  const auto part = start_run_file(path, e, force);
  if (started) started();
  record_failures(*part, [&] {
    RunRecording recording(e, prepared.measured() ? references.get(e, registry) : nullptr, features,
                           *part);
    const Counters counters = recording.run(prepared, label);
    recording.finish_run(registry, prepared, counters);
  });
  return summary();
}

}  // namespace strang
