#include "experiments/sharded_run.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/store/file.h"
#include "experiments/job.h"
#include "experiments/lease.h"
#include "experiments/optimize.h"
#include "experiments/provenance.h"
#include "experiments/run_recording.h"

namespace strang {
namespace {

std::filesystem::path shard_lease(const ShardedRun& run, std::size_t shard) {
  return fmt::format("{}-{}-of-{}", run.lease.string(), shard, run.shards.count());
}

// The spec of a shard: its samples, and of what is kept of the first samples the part that it has.
Spec part_of(const Spec& whole, const SampleRange& samples) {
  const auto kept = [&](std::int64_t all) {
    return std::clamp<std::int64_t>(all - samples.first, 0, samples.size());
  };
  Spec part = whole;
  part.first_sample = samples.first;
  part.samples = samples.size();
  part.followed = kept(whole.followed);
  part.features.samples = kept(whole.features.samples.value_or(whole.samples));
  part.features.against = config::Node();  // compared when merged
  part.sheet_images = 0;
  return part;
}

class Shards {
 public:
  Shards(const ShardedRun& run, const config::Node& config, const Registry& registry,
         ReferenceCache& references)
      : run_(run),
        registry_(registry),
        references_(references),
        experiment_(build_experiment(config, registry)),
        whole_(experiment_.spec),
        prepared_(prepare_run(experiment_, registry)) {
    optimize(experiment_);
  }

  void run_free_ones() {
    for (std::size_t shard = 0; shard < run_.shards.count(); ++shard) {
      if (run_.shards.has(shard)) continue;
      const auto lease = Lease::take(shard_lease(run_, shard));
      if (lease != nullptr && !run_.shards.has(shard)) run_shard(shard);
    }
  }

  std::optional<analysis::RunSummary> merge(const std::function<void()>& started) {
    const auto lease = Lease::take(run_.lease);
    const std::filesystem::path path = run_.folder / "run.h5";
    if (lease == nullptr || is_done(path, experiment_)) return std::nullopt;
    const std::vector<ShardEntry> manifest = run_.shards.manifest();
    verify_shards(manifest, job_hash(experiment_.composed), whole_.samples);
    RunFeatures features(experiment_, registry_, references_.features);
    const auto part = start_run_file(path, experiment_, false);
    if (started) started();
    record_failures(*part, [&] {
      part->file().root().set_attribute("shards", manifest_text(manifest));
      RunRecording recording(experiment_, joined_reference(), features, *part);
      Counters counters;
      for (const ShardEntry& shard : manifest)
        recording.take(store::File::open(shard.file).root(), shard.samples, counters);
      recording.finish_run(registry_, prepared_, counters);
    });
    remove_shards(run_.shards.folder());
    analysis::RunSummary summary = analysis::read_summary(path.string());
    summary.label = run_.label;
    return summary;
  }

 private:
  void run_shard(std::size_t shard) {
    experiment_.spec = part_of(whole_, run_.shards.range(shard));
    const std::string label =
        fmt::format("{} [{} of {}]", run_.label, shard + 1, run_.shards.count());
    RunFeatures features(experiment_, registry_, references_.features);
    const auto part = start_run_file(run_.shards.file(shard), experiment_, true);
    record_failures(*part, [&] {
      RunRecording recording(experiment_, reference(), features, *part);
      const Counters counters = recording.run(prepared_, label);
      recording.finish_shard(counters);
    });
    run_.shards.add(shard, job_hash(experiment_.composed));
    experiment_.spec = whole_;
  }

  std::shared_ptr<const Reference> reference() {
    return prepared_.measured() ? references_.get(experiment_, registry_) : nullptr;
  }

  std::shared_ptr<const Reference> joined_reference() {
    if (!prepared_.measured()) return nullptr;
    std::vector<std::shared_ptr<const Reference>> parts;
    for (std::size_t shard = 0; shard < run_.shards.count(); ++shard) {
      experiment_.spec = part_of(whole_, run_.shards.range(shard));
      parts.push_back(reference());
    }
    experiment_.spec = whole_;
    return std::make_shared<Reference>(join_samples(parts, reference_hash(experiment_.composed)));
  }

  const ShardedRun& run_;
  const Registry& registry_;
  ReferenceCache& references_;
  Experiment experiment_;  // its spec is that of the shard that is being run
  const Spec whole_;
  const PreparedRun prepared_;
};

}  // namespace

bool has_work(const ShardedRun& run) {
  if (run.shards.has_all()) return !Lease::holder(run.lease);
  for (std::size_t shard = 0; shard < run.shards.count(); ++shard)
    if (!run.shards.has(shard) && !Lease::holder(shard_lease(run, shard))) return true;
  return false;
}

std::optional<analysis::RunSummary> run_shards(const ShardedRun& run, const config::Node& config,
                                               const Registry& registry, ReferenceCache& references,
                                               const std::function<void()>& started) {
  if (!has_work(run)) return std::nullopt;
  Shards shards(run, config, registry, references);
  shards.run_free_ones();
  if (!run.shards.has_all()) return std::nullopt;
  return shards.merge(started);
}

}  // namespace strang
