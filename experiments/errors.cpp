#include "experiments/errors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "analysis/statistics.h"
#include "core/store/tensors.h"
#include "experiments/norms.h"
#include "experiments/state_axes.h"

namespace strang {

ErrorRecorder::ErrorRecorder(std::shared_ptr<const Reference> reference,
                             std::vector<std::string> norms)
    : reference_(std::move(reference)), norms_(std::move(norms)) {
  const auto size = static_cast<std::size_t>(nodes() * samples());
  errors_.assign(norms_.size(),
                 std::vector<double>(size, std::numeric_limits<double>::quiet_NaN()));
}

void ErrorRecorder::node(const Node& node, const at::Tensor& reached, Rows rows) {
  const at::Tensor exact = reference_->states[node.index].narrow(0, rows.first, rows.valid);
  const at::Tensor state = reached.to(exact.scalar_type());  // a network's own output may end a run
  for (std::size_t k = 0; k < norms_.size(); ++k)
    distances(norms_[k], state, exact, rows.valid,
              errors_[k].data() + node.index * samples() + rows.first);
}

void ErrorRecorder::restore(std::size_t norm, std::int64_t node, std::int64_t first,
                            std::span<const double> errors) {
  std::copy(errors.begin(), errors.end(), errors_[norm].begin() + node * samples() + first);
}

namespace {

std::span<const double> values_of(const at::Tensor& packed) {
  return {packed.const_data_ptr<double>(), static_cast<std::size_t>(packed.numel())};
}

// Intervals of mean and root mean square of every norm, in turn; one set of draws serves them all.
std::vector<analysis::Interval> intervals(const std::vector<std::span<const double>>& norms) {
  std::vector<std::vector<double>> columns;  // the errors of a norm, and their squares
  for (const auto& errors : norms) {
    columns.emplace_back(errors.begin(), errors.end());
    columns.push_back(analysis::squares(errors));
  }
  return analysis::bootstrap_means(columns, [](std::span<const double> means) {
    std::vector<double> found(means.begin(), means.end());
    for (std::size_t k = 1; k < found.size(); k += 2) found[k] = std::sqrt(found[k]);
    return found;
  });
}

}  // namespace

std::vector<analysis::ErrorSummary> summarize(const ErrorRecorder& recorder) {
  std::vector<analysis::ErrorSummary> summaries;
  std::vector<std::span<const double>> norms;
  const std::int64_t last = recorder.nodes() - 1;
  for (std::size_t k = 0; k < recorder.norms().size(); ++k)
    norms.emplace_back(recorder.errors(k).data() + last * recorder.samples(),
                       static_cast<std::size_t>(recorder.samples()));
  if (norms.empty()) return summaries;
  const std::vector<analysis::Interval> found = intervals(norms);
  for (std::size_t k = 0; k < norms.size(); ++k) {
    const analysis::Summary s = analysis::summarize(norms[k]);
    analysis::ErrorSummary& summary = summaries.emplace_back();
    summary = {recorder.norms()[k],
               {s.mean, found[2 * k]},
               {s.rms, found[2 * k + 1]},
               s.median,
               s.p95,
               -1};
    const auto own = recorder.reference().own_errors.find(summary.norm);
    if (own != recorder.reference().own_errors.end())
      summary.reference = analysis::rms(values_of(own->second.back()));
  }
  return summaries;
}

namespace {

void write_summary(const analysis::ErrorSummary& s, store::Dataset dataset) {
  dataset.set_attribute("mean", s.mean.value);
  dataset.set_attribute("mean_interval", std::vector{s.mean.interval.low, s.mean.interval.high});
  dataset.set_attribute("rms", s.rms.value);
  dataset.set_attribute("rms_interval", std::vector{s.rms.interval.low, s.rms.interval.high});
  dataset.set_attribute("median", s.median);
  dataset.set_attribute("p95", s.p95);
  if (s.reference < 0) return;
  dataset.set_attribute("reference_own_error", s.reference);
  dataset.set_attribute("below_reference_floor", s.below_floor());
}

}  // namespace

void write_error_summaries(const ErrorRecorder& recorder, std::int64_t followed,
                           store::Group& root) {
  for (const analysis::ErrorSummary& summary : summarize(recorder))
    write_summary(summary, root.dataset("error/" + summary.norm));
  const Reference& reference = recorder.reference();
  const std::int64_t nodes = recorder.nodes();
  store::Group group = root.create_group("reference");
  group.set_attribute("hash", reference.hash);
  group.set_attribute("steps", std::int64_t{reference.steps});
  group.set_attribute("seconds", reference.seconds);
  group.write("t", {{"node", nodes}}, reference.times);
  if (followed > 0) {
    std::vector<at::Tensor> rows;
    for (const at::Tensor& state : reference.states) rows.push_back(state.narrow(0, 0, followed));
    const at::Tensor states = at::stack(rows);
    const auto event = states.sizes().slice(3).vec();
    group.write("state",
                state_axes({{"node", nodes}, {"followed", followed}},
                           static_cast<int>(states.size(2)), event),
                store::view_of(states));
  }
  for (const auto& [norm, own] : reference.own_errors) {
    std::vector<double> rms;
    for (const at::Tensor& node : own) rms.push_back(analysis::rms(values_of(node)));
    group.write("own_error_" + norm, {{"node", nodes}}, rms);
  }
}

}  // namespace strang
