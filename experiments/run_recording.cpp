#include "experiments/run_recording.h"

#include <algorithm>
#include <utility>

#include "analysis/sheet.h"
#include "core/error.h"
#include "core/store/tensors.h"
#include "core/terminal/interrupt.h"
#include "experiments/coefficient_file.h"
#include "experiments/decomposition.h"
#include "experiments/progress_observer.h"
#include "experiments/provenance.h"
#include "experiments/sources.h"
#include "experiments/state_axes.h"
#include "experiments/weak.h"

namespace strang {
namespace {

// Keeps the first samples of the result for the sheet.
class SheetKeeper final : public Observer {
 public:
  explicit SheetKeeper(at::Tensor images) : images_(std::move(images)) {}

  std::int64_t rows_wanted(const Node&, Rows) const override { return 0; }
  void result(const at::Tensor& state, Rows rows) override {
    const std::int64_t kept = std::clamp<std::int64_t>(images_.size(0) - rows.first, 0, rows.valid);
    if (kept > 0) images_.narrow(0, rows.first, kept).copy_(state.narrow(0, 0, kept).select(1, 0));
  }

 private:
  at::Tensor images_;
};

// Shows a run to several observers, one after the other.
class Observers final : public Observer {
 public:
  explicit Observers(std::vector<Observer*> all) : all_(std::move(all)) {}

  std::int64_t rows_wanted(const Node& node, Rows rows) const override {
    std::int64_t most = 0;
    for (const Observer* one : all_) most = std::max(most, one->rows_wanted(node, rows));
    return most;
  }
  void node(const Node& node, const at::Tensor& state, Rows rows) override {
    for (Observer* one : all_) one->node(node, state, rows);
  }
  void record(const Record& record, const at::Tensor& value, Rows rows) override {
    for (Observer* one : all_) one->record(record, value, rows);
  }
  void result(const at::Tensor& state, Rows rows) override {
    for (Observer* one : all_) one->result(state, rows);
  }

 private:
  std::vector<Observer*> all_;
};

bool is_image(const std::vector<std::int64_t>& event) {
  return event.size() == 3 && (event[0] == 1 || event[0] == 3);
}

at::Tensor sheet_memory(const Experiment& e) {
  const std::vector<std::int64_t> event = e.model->event_shape();
  std::vector<std::int64_t> shape = {is_image(event) ? std::min(e.spec.sheet_images, e.spec.samples)
                                                     : 0};
  shape.insert(shape.end(), event.begin(), event.end());
  return at::zeros(shape, at::kDouble);
}

void write_sheet(const std::filesystem::path& path, const at::Tensor& images) {
  if (images.size(0) == 0) return;
  const analysis::ImageShape shape{images.size(0), images.size(1), images.size(2), images.size(3)};
  const std::span<const double> values(images.const_data_ptr<double>(), images.numel());
  analysis::write_png(path, analysis::lay_out_sheet(values, shape, {}));
}

}  // namespace

PreparedRun prepare_run(const Experiment& e, const Registry& registry) {
  PreparedRun run{make_noise(e.spec, *e.grid, e.program, e.model->event_shape()),
                  make_initial(e.spec, *e.grid, e.model->event_shape()),
                  reason_without_errors(e, registry)};
  if (run.measured()) require_reference(e, registry);
  require_weak(e, run.measured());
  require_decomposition(e, registry, run.measured());
  return run;
}

RunRecording::RunRecording(const Experiment& e, std::shared_ptr<const Reference> reference,
                           RunFeatures& features, store::PartFile& part)
    : experiment_(e),
      features_(features),
      part_(part),
      errors_(reference == nullptr ? std::nullopt
                                   : std::optional<ErrorRecorder>(
                                         std::in_place, std::move(reference), e.spec.error_norms)),
      file_(part, e, errors_ ? &*errors_ : nullptr),
      sheet_(sheet_memory(e)) {
  if (!e.spec.weak.empty() || e.spec.decompose) final_states_.emplace(e);
}

Counters RunRecording::run(const PreparedRun& prepared, const std::string& label) {
  const Experiment& e = experiment_;
  SheetKeeper sheet(sheet_);
  std::vector<Observer*> all = {&file_, &sheet};
  if (errors_) all.insert(all.begin(), &*errors_);  // the file writes what they found
  if (final_states_) all.push_back(&*final_states_);
  if (features_.wanted()) all.push_back(&features_.keeper());
  Observers observers(all);
  ProgressObserver progress(observers, label, e.program, e.spec.samples);
  const Counters counters = run_program(e.program, *e.field, e.spec, *prepared.noise,
                                        prepared.initial, progress, e.spec.followed);
  progress.finish();
  return counters;
}

void RunRecording::take_errors(const store::Group& errors, const SampleRange& samples) {
  const std::int64_t nodes = errors_->nodes(), count = samples.size();
  for (std::size_t k = 0; k < errors_->norms().size(); ++k) {
    const auto found = errors.dataset(errors_->norms()[k]).read<double>();  // [node, sample], or
    const std::int64_t first = nodes - std::ssize(found) / count;           // [sample] at the last
    for (std::int64_t node = first; node < nodes; ++node)
      errors_->restore(k, node, samples.first,
                       std::span(found).subspan((node - first) * count, count));
  }
}

void RunRecording::take_trajectory(const store::Group& shard, const SampleRange& samples) {
  if (!shard.has("trajectory")) return;
  const store::Group group = shard.group("trajectory");
  const auto each = [&](const char* name, const auto& give) {
    if (!group.has(name)) return;
    const at::Tensor all = store::read_tensor(group.dataset(name));
    for (std::int64_t i = 0; i < all.size(0); ++i)
      give(static_cast<int>(i), all[i], Rows{samples.first, all.size(1)});
  };
  each("state",
       [&](int i, const at::Tensor& state, Rows rows) { file_.node({.index = i}, state, rows); });
  for (const char* name : {"input", "data"})
    each(name, [&](int i, const at::Tensor& value, Rows rows) {
      file_.record({.name = name, .index = i}, value, rows);
    });
}

void RunRecording::take(const store::Group& shard, const SampleRange& samples, Counters& counters) {
  const Rows rows{samples.first, samples.size()};
  if (errors_) take_errors(shard.group("error"), samples);
  take_trajectory(shard, samples);
  const at::Tensor states = store::read_tensor(shard.dataset("samples/state"));
  file_.result(states, rows);
  SheetKeeper(sheet_).result(states, rows);
  if (final_states_)
    final_states_->node({.index = experiment_.grid->steps()},
                        store::read_tensor(shard.dataset("final/state")), rows);
  features_.take_extracted(shard);
  const store::Group cost = shard.group("cost");
  counters.evaluations += cost.attribute<std::int64_t>("evaluations");
  counters.accepted += cost.attribute<std::int64_t>("steps_accepted");
  counters.rejected += cost.attribute<std::int64_t>("steps_rejected");
  counters.seconds_evaluating += cost.attribute<double>("seconds_network");
  counters.seconds_observing += cost.attribute<double>("seconds_logging");
  counters.seconds_total += shard.attribute<double>("seconds");
}

void RunRecording::finish_run(const Registry& registry, const PreparedRun& prepared,
                              const Counters& counters) {
  const Experiment& e = experiment_;
  const Reference* reference = errors_ ? &errors_->reference() : nullptr;
  std::optional<WeakErrors> weak;
  std::optional<Decomposition> parts;
  file_.end_logging();
  if (!e.spec.weak.empty()) weak = measure_weak(e, final_states_->states(), reference);
  if (e.spec.decompose) parts = decompose(e, registry, *reference, final_states_->states());
  features_.measure();
  write_sheet(part_.part_path().parent_path() / "samples.png", sheet_);
  file_.finish(counters, [&](store::Group& root) {
    if (errors_) write_error_summaries(*errors_, e.spec.followed, root);
    if (!prepared.measured() && e.spec.reference.present)
      root.set_attribute("note", prepared.without_errors);
    if (e.artefact) write_fit(*e.artefact, root.create_group("fit"));
    features_.write(root);
    if (!weak && !parts) return;
    store::Group group = root.has("error") ? root.group("error") : root.create_group("error");
    if (weak) write_weak(*weak, group);
    if (parts) write_decomposition(*parts, group);
  });
}

void RunRecording::finish_shard(const Counters& counters) {
  file_.end_logging();
  file_.finish(counters, [&](store::Group& root) {
    features_.write_extracted(root);
    if (!final_states_) return;
    const at::Tensor& states = final_states_->states();
    root.create_group("final").write(
        "state",
        state_axes({{"sample", states.size(0)}}, experiment_.process->slots(),
                   experiment_.model->event_shape()),
        store::view_of(states));
  });
}

void record_failures(store::PartFile& part, const std::function<void()>& work) {
  const std::string logged = fmt::format("what was logged is in {}", part.part_path().string());
  try {
    work();
  } catch (const terminal::Interrupted& stop) {
    end_run_file(part, "interrupted", stop.what());
    throw terminal::Interrupted(stop.signal(), fmt::format("{}; {}", stop.what(), logged));
  } catch (const UsageError& error) {  // of the reference's program
    end_run_file(part, "failed", error.what());
    throw;
  } catch (const Error& error) {
    end_run_file(part, "failed", error.what());
    throw Error(fmt::format("{}; {}", error.what(), logged));
  }
}

}  // namespace strang
