#include "experiments/run.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <system_error>

#include "analysis/sheet.h"
#include "core/error.h"
#include "core/tensor.h"
#include "experiments/progress_observer.h"
#include "experiments/run_file.h"
#include "experiments/sources.h"

namespace strang {
namespace {

// Keeps the first samples of the result for the sheet, beside what the run file does.
class SheetKeeper final : public Observer {
 public:
  SheetKeeper(RunFile& file, at::Tensor images) : file_(file), images_(std::move(images)) {}

  void node(const Node& node, const at::Tensor& state, Rows rows) override {
    file_.node(node, state, rows);
  }
  void record(const Record& record, const at::Tensor& value, Rows rows) override {
    file_.record(record, value, rows);
  }
  void result(const at::Tensor& state, Rows rows) override {
    const std::int64_t kept = std::clamp<std::int64_t>(images_.size(0) - rows.first, 0, rows.valid);
    if (kept > 0) images_.narrow(0, rows.first, kept).copy_(state.narrow(0, 0, kept).select(1, 0));
    file_.result(state, rows);
  }
  const at::Tensor& images() const { return images_; }

 private:
  RunFile& file_;
  at::Tensor images_;
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

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  ensure(!error, "{}: the folder cannot be made ({}): set 'output' to another one", folder.string(),
         error.message());
}

}  // namespace

RunSummary run_experiment(const config::Node& config, const std::filesystem::path& folder,
                          const std::string& label, const Registry& registry,
                          ReferenceCache& references) {
  const Experiment e = build_experiment(config, registry);
  const auto noise = make_noise(e.spec, *e.grid, e.program, e.model->event_shape());
  const Executor::Initial initial = make_initial(e.spec, *e.grid, e.model->event_shape());
  RunSummary summary{
      .label = label, .steps = e.grid->steps(), .path = (folder / "run.h5").string()};
  summary.note = reason_without_errors(e, registry);
  if (summary.note == "no reference") summary.note.clear();
  const bool measured = e.spec.reference.present && summary.note.empty();
  make_folder(folder);
  std::unique_ptr<ErrorRecorder> errors;
  if (measured)
    errors = std::make_unique<ErrorRecorder>(references.get(e, registry), e.spec.error_norms);
  RunFile file(folder / "run.h5", e, errors.get());
  SheetKeeper observer(file, sheet_memory(e));
  ProgressObserver progress(observer, label, e.program, e.spec.samples);
  const Counters counters = run_program(e.program, e, *noise, initial, progress, e.spec.followed);
  progress.finish();
  if (measured) summary.errors = summarize(*errors);
  file.finish(counters, summary.errors);
  write_sheet(folder / "samples.png", observer.images());
  summary.nfe = static_cast<double>(counters.evaluations) / static_cast<double>(e.spec.samples);
  summary.seconds = counters.seconds_total;
  return summary;
}

}  // namespace strang
