#include "experiments/run.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "analysis/sheet.h"
#include "core/error.h"
#include "core/tensor.h"
#include "core/terminal/interrupt.h"
#include "experiments/coefficient_file.h"
#include "experiments/decomposition.h"
#include "experiments/final_states.h"
#include "experiments/optimize.h"
#include "experiments/progress_observer.h"
#include "experiments/provenance.h"
#include "experiments/run_features.h"
#include "experiments/run_file.h"
#include "experiments/sources.h"
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
  const at::Tensor& images() const { return images_; }

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

// The parts of a run that have been checked before its first evaluation.
struct Prepared {
  std::unique_ptr<NoiseSource> noise;
  Executor::Initial initial;
  std::string without_errors;  // why there are none; empty: there are
};

Prepared prepare(const Experiment& e, const Registry& registry) {
  Prepared run{make_noise(e.spec, *e.grid, e.program, e.model->event_shape()),
               make_initial(e.spec, *e.grid, e.model->event_shape()),
               reason_without_errors(e, registry)};
  const bool measured = run.without_errors.empty();
  if (measured) fine_grid(e, registry, e.spec.reference.steps);  // throws unless its ends fit
  require_weak(e, measured);
  require_decomposition(e, registry, measured);
  return run;
}

void execute(const Experiment& e, const Registry& registry, const Prepared& run,
             ReferenceCache& references, RunFeatures& features, store::PartFile& part,
             const std::string& label) {
  std::unique_ptr<ErrorRecorder> errors;
  if (run.without_errors.empty())
    errors = std::make_unique<ErrorRecorder>(references.get(e, registry), e.spec.error_norms);
  RunFile file(part, e, errors.get());
  SheetKeeper sheet(sheet_memory(e));
  std::vector<Observer*> all = {&file, &sheet};
  std::optional<FinalStates> final_states;
  if (!e.spec.weak.empty() || e.spec.decompose) all.push_back(&final_states.emplace(e));
  if (features.wanted()) all.push_back(&features.keeper());
  Observers observers(all);
  ProgressObserver progress(observers, label, e.program, e.spec.samples);
  const Counters counters =
      run_program(e.program, *e.field, e.spec, *run.noise, run.initial, progress, e.spec.followed);
  progress.finish();
  const Reference* reference = errors == nullptr ? nullptr : &errors->reference();
  std::optional<WeakErrors> weak;
  std::optional<Decomposition> parts;
  if (!e.spec.weak.empty()) weak = measure_weak(e, final_states->states(), reference);
  if (e.spec.decompose) parts = decompose(e, registry, *reference, final_states->states());
  features.measure();
  write_sheet(part.part_path().parent_path() / "samples.png", sheet.images());
  const auto extend = [&](store::Group& root) {
    if (!run.without_errors.empty() && e.spec.reference.present)
      root.set_attribute("note", run.without_errors);
    if (e.artefact) write_fit(*e.artefact, root.create_group("fit"));
    features.write(root);
    if (!weak && !parts) return;
    store::Group group = root.has("error") ? root.group("error") : root.create_group("error");
    if (weak) write_weak(*weak, group);
    if (parts) write_decomposition(*parts, group);
  };
  file.finish(counters,
              errors == nullptr ? std::vector<analysis::ErrorSummary>() : summarize(*errors),
              extend);
}

}  // namespace

analysis::RunSummary run_experiment(const config::Node& config, const std::filesystem::path& folder,
                                    const std::string& label, const Registry& registry,
                                    ReferenceCache& references, bool force,
                                    const std::function<void()>& started) {
  Experiment e = build_experiment(config, registry);
  const Prepared run = prepare(e, registry);
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
  const std::string logged = fmt::format("what was logged is in {}", part->part_path().string());
  try {
    execute(e, registry, run, references, features, *part, label);
  } catch (const terminal::Interrupted& stop) {
    end_run_file(*part, "interrupted", stop.what());
    throw terminal::Interrupted(stop.signal(), fmt::format("{}; {}", stop.what(), logged));
  } catch (const UsageError& error) {  // of the reference's program
    end_run_file(*part, "failed", error.what());
    throw;
  } catch (const Error& error) {
    end_run_file(*part, "failed", error.what());
    throw Error(fmt::format("{}; {}", error.what(), logged));
  }
  return summary();
}

}  // namespace strang
