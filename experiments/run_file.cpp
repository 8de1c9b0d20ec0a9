#include "experiments/run_file.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/error.h"
#include "core/program/cost.h"
#include "core/program/program_file.h"
#include "core/store/tensors.h"
#include "core/tensor.h"
#include "experiments/state_axes.h"

namespace strang {
namespace {

store::ElementType element_of(const Experiment& e) {
  return e.spec.dtype == "float64" ? store::ElementType::float64 : store::ElementType::float32;
}

constexpr std::chrono::seconds flush_interval(2);

int count_evaluations(const Program& program) {
  int count = 0;
  for_each_operation(program.operations, [&](const Operation& operation) {
    count += std::holds_alternative<Record>(operation) ? 1 : 0;
  });
  return count / 2;  // an input and a data prediction each
}

std::vector<double> evaluation_times(const Program& program) {
  std::vector<double> times;
  for_each_operation(program.operations, [&](const Operation& operation) {
    const auto* record = std::get_if<Record>(&operation);
    if (record != nullptr && record->name == "input") times.push_back(record->time);
  });
  return times;
}

// Further network calls of guidance, for each sample. Evaluations of an adaptive loop have times of
// their own: they count as where most calls are made.
double guidance_calls(const Experiment& e, double nfe) {
  double calls = 0;
  bool adaptive = false;
  int most = 0;
  for (const double t : e.grid->times()) most = std::max(most, e.model->calls(*e.process, t) - 1);
  for_each_operation(e.program.operations, [&](const Operation& operation) {
    const auto* op = std::get_if<Evaluate>(&operation);
    if (op == nullptr || op->part == Part::guidance) return;
    adaptive = adaptive || op->time_register != none;
    calls += e.model->calls(*e.process, op->time) - 1;
  });
  return adaptive ? nfe * most : calls;
}

void write_labels(const Experiment& e, store::Group samples) {
  if (!e.labels) return;
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < e.spec.samples; ++i)
    labels.push_back(e.labels->of(e.spec.first_sample + i));
  samples.write("label", {{"sample", e.spec.samples}}, labels);
}

}  // namespace

RunFile::RunFile(store::PartFile& file, const Experiment& experiment, const ErrorRecorder* errors)
    : experiment_(experiment), errors_(errors), file_(file) {
  create_datasets();
  file_.file().flush();
  flusher_.emplace(flush_interval, [this] {
    const std::lock_guard lock(mutex_);
    write_errors();
    file_.file().flush();
  });
}

RunFile::~RunFile() {
  flusher_.reset();
  try {
    write_errors();
  } catch (const std::exception&) {
    // The run has failed, and its message says why.
  }
}

std::vector<store::Axis> RunFile::state_axes(std::vector<store::Axis> lead) const {
  return strang::state_axes(std::move(lead), experiment_.process->slots(),
                            experiment_.model->event_shape());
}

void RunFile::create_datasets() {
  store::Group root = file_.file().root();
  const Experiment& e = experiment_;
  const std::int64_t nodes = e.grid->steps() + 1;
  root.create_group("grid").write("t", {{"node", nodes}}, e.grid->times());
  save_program(e.program, root.create_group("program"));
  samples_ = root.create_group("samples").create("state", element_of(e),
                                                 state_axes({{"sample", e.spec.samples}}));
  write_labels(e, root.group("samples"));
  if (e.spec.followed > 0) {
    store::Group group = root.create_group("trajectory");
    group.add_axis("node", e.grid->times());
    trajectory_ = group.create("state", element_of(e),
                               state_axes({{"node", nodes}, {"followed", e.spec.followed}}));
    const int evaluations = count_evaluations(e.program);
    if (evaluations > 0) {
      group.add_axis("evaluation", evaluation_times(e.program));
      const auto axes = state_axes({{"evaluation", evaluations}, {"followed", e.spec.followed}});
      evaluation_input_ = group.create("input", element_of(e), axes);
      evaluation_data_ = group.create("data", element_of(e), axes);
    }
  }
  if (errors_ == nullptr) return;
  store::Group group = root.create_group("error");
  for (const std::string& norm : errors_->norms()) {
    std::vector<store::Axis> axes = {{"sample", e.spec.samples}};
    if (e.spec.errors_at_nodes) axes.insert(axes.begin(), {"node", nodes});
    error_datasets_.push_back(group.create(norm, store::ElementType::float64, axes));
  }
}

// Rows of a state into [index, row, ...], or into [row, ...] where the index is negative.
void RunFile::write_rows(store::Dataset& dataset, std::int64_t index, const at::Tensor& state,
                         Rows rows) {
  store::Slab slab;
  if (index >= 0) {
    slab.start.push_back(index);
    slab.count.push_back(1);
  }
  slab.start.push_back(rows.first);
  slab.count.push_back(rows.valid);
  for (std::int64_t axis = 1; axis < state.dim(); ++axis) {
    slab.start.push_back(0);
    slab.count.push_back(state.size(axis));
  }
  dataset.write(slab, store::view_of(state.narrow(0, 0, rows.valid)));
}

std::int64_t RunFile::followed(Rows rows) const {
  if (!trajectory_) return 0;
  return std::clamp<std::int64_t>(experiment_.spec.followed - rows.first, 0, rows.valid);
}

std::int64_t RunFile::rows_wanted(const Node&, Rows rows) const { return followed(rows); }

void RunFile::node(const Node& node, const at::Tensor& state, Rows rows) {
  flusher_->check();
  const std::int64_t followed = this->followed(rows);
  if (followed == 0) return;
  const std::lock_guard lock(mutex_);
  write_rows(*trajectory_, node.index, state, {rows.first, followed});
}

void RunFile::record(const Record& record, const at::Tensor& value, Rows rows) {
  const std::lock_guard lock(mutex_);
  write_rows(record.name == "input" ? *evaluation_input_ : *evaluation_data_, record.index, value,
             rows);
}

void RunFile::result(const at::Tensor& state, Rows rows) {
  const std::lock_guard lock(mutex_);
  write_rows(*samples_, -1, state, rows);
  if (errors_ != nullptr) unwritten_errors_.push_back(rows);
}

// Neighbouring rows at once: a row of a node is short, and there are many.
void RunFile::write_errors() {
  std::sort(unwritten_errors_.begin(), unwritten_errors_.end(),
            [](const Rows& a, const Rows& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < unwritten_errors_.size();) {
    Rows rows = unwritten_errors_[i++];
    while (i < unwritten_errors_.size() && unwritten_errors_[i].first == rows.first + rows.valid)
      rows.valid += unwritten_errors_[i++].valid;
    write_errors(rows);
  }
  unwritten_errors_.clear();
}

void RunFile::write_errors(Rows rows) {
  const std::int64_t samples = errors_->samples();
  const std::int64_t nodes = experiment_.spec.errors_at_nodes ? errors_->nodes() : 1;
  for (std::size_t k = 0; k < error_datasets_.size(); ++k) {
    const std::span<const double> all =
        std::span(errors_->errors(k)).last(static_cast<std::size_t>(nodes * samples));
    std::vector<double> block;
    for (std::int64_t node = 0; node < nodes && rows.valid < samples; ++node) {
      const auto row = all.subspan(node * samples + rows.first, rows.valid);
      block.insert(block.end(), row.begin(), row.end());
    }
    store::Slab slab{{rows.first}, {rows.valid}};
    if (experiment_.spec.errors_at_nodes) slab = {{0, rows.first}, {nodes, rows.valid}};
    error_datasets_[k].write(slab, rows.valid < samples ? std::span<const double>(block) : all);
  }
}

void RunFile::end_logging() {
  flusher_->check();
  flusher_.reset();
  write_errors();
}

void RunFile::write_cost(const Counters& counters) {
  const Cost cost = count_cost(experiment_.program);
  const auto samples = static_cast<double>(experiment_.spec.samples);
  store::Group group = file_.file().root().create_group("cost");
  const double nfe = static_cast<double>(counters.evaluations) / samples;
  group.set_attribute("nfe", nfe);
  group.set_attribute("evaluations", counters.evaluations);
  group.set_attribute("guidance_evaluations", cost.guidance + guidance_calls(experiment_, nfe));
  group.set_attribute("noise_draws", std::int64_t{cost.noise});
  group.set_attribute("passes", std::int64_t{cost.passes});
  group.set_attribute("buffers", std::int64_t{cost.buffers});
  group.set_attribute("steps_accepted", counters.accepted);
  group.set_attribute("steps_rejected", counters.rejected);
  group.set_attribute("seconds_network", counters.seconds_evaluating);
  group.set_attribute("seconds_logging", counters.seconds_observing);
  group.set_attribute("seconds_arithmetic", counters.seconds_total - counters.seconds_evaluating -
                                                counters.seconds_observing);
}

void RunFile::finish(const Counters& counters, const std::function<void(store::Group&)>& extend) {
  write_cost(counters);
  store::Group root = file_.file().root();
  if (extend) extend(root);
  root.set_attribute("seconds", counters.seconds_total);
  root.set_attribute("status", std::string("complete"));
  file_.commit();
}

}  // namespace strang
