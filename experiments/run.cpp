#include "experiments/run.h"

#include <utility>

#include "core/error.h"
#include "experiments/optimize.h"
#include "experiments/provenance.h"
#include "experiments/run_features.h"
#include "experiments/run_recording.h"

namespace strang {
namespace {

analysis::RunSummary summary_of(const std::filesystem::path& path, const std::string& label) {
  analysis::RunSummary summary = analysis::read_summary(path.string());
  summary.label = label;
  return summary;
}

class Finished final : public SampledRun {
 public:
  explicit Finished(analysis::RunSummary summary) : summary_(std::move(summary)) {}
  bool evaluates() const override { return false; }
  analysis::RunSummary finish() override { return std::move(summary_); }

 private:
  analysis::RunSummary summary_;
};

class Run final : public SampledRun {
 public:
  Run(Experiment experiment, PreparedRun prepared, const std::filesystem::path& path,
      std::string label, const Registry& registry, ReferenceCache& references, bool force)
      : registry_(registry),
        experiment_(std::move(experiment)),
        prepared_(std::move(prepared)),
        path_(path),
        label_(std::move(label)),
        features_(experiment_, registry, references.features),
        part_(start_run_file(path, experiment_, force)) {}

  void sample(ReferenceCache& references) {
    record_failures(*part_, [&] {
      auto recording = std::make_unique<RunRecording>(
          experiment_, prepared_.measured() ? references.get(experiment_, registry_) : nullptr,
          features_, *part_);
      counters_ = recording->run(prepared_, label_);
      recording_ = std::move(recording);
    });
  }

  bool evaluates() const override { return experiment_.spec.decompose; }
  analysis::RunSummary finish() override {
    record_failures(*part_, [&] {
      const auto recording = std::move(recording_);
      recording->finish_run(registry_, prepared_, counters_);
    });
    return summary_of(path_, label_);
  }

 private:
  const Registry& registry_;
  const Experiment experiment_;
  const PreparedRun prepared_;
  const std::filesystem::path path_;
  const std::string label_;
  RunFeatures features_;
  const std::unique_ptr<store::PartFile> part_;
  std::unique_ptr<RunRecording> recording_;  // a failure ends it before the file says why
  Counters counters_;
};

}  // namespace

std::unique_ptr<SampledRun> sample_experiment(const config::Node& config,
                                              const std::filesystem::path& folder,
                                              const std::string& label, const Registry& registry,
                                              ReferenceCache& references, bool force,
                                              const std::function<void()>& started) {
  Experiment e = build_experiment(config, registry);
  PreparedRun prepared = prepare_run(e, registry);
  const std::filesystem::path path = folder / "run.h5";
  if (!force && is_done(path, e)) {
    analysis::RunSummary done = summary_of(path, label);
    done.note += done.note.empty() ? "done before" : "; done before";
    return std::make_unique<Finished>(std::move(done));
  }
  optimize(e);
  auto run = std::make_unique<Run>(std::move(e), std::move(prepared), path, label, registry,
                                   references, force);
  if (started) started();
  run->sample(references);
  return run;
}

analysis::RunSummary run_experiment(const config::Node& config, const std::filesystem::path& folder,
                                    const std::string& label, const Registry& registry,
                                    ReferenceCache& references, bool force,
                                    const std::function<void()>& started) {
  return sample_experiment(config, folder, label, registry, references, force, started)->finish();
}

}  // namespace strang
