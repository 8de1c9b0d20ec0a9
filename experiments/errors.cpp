#include "experiments/errors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "analysis/statistics.h"
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

// Mean and root mean square of drawn values of two norms. The four sums run side by side, each in
// the order of its own: additions wait for each other, so that one alone would take as long.
void add_statistics(std::span<const double> a, std::span<const double> b,
                    std::span<const std::int64_t> draws, std::vector<double>& found) {
  double sum_a = 0, squares_a = 0, sum_b = 0, squares_b = 0;
  for (const std::int64_t draw : draws) {
    const double x = a[draw], y = b[draw];
    sum_a += x;
    squares_a += x * x;
    sum_b += y;
    squares_b += y * y;
  }
  const auto n = static_cast<double>(draws.size());
  found.insert(found.end(),
               {sum_a / n, std::sqrt(squares_a / n), sum_b / n, std::sqrt(squares_b / n)});
}

// Intervals of mean and root mean square of every norm, in turn; one set of draws serves them all.
std::vector<analysis::Interval> intervals(const std::vector<std::span<const double>>& norms) {
  const auto statistics = [&](std::span<const std::int64_t> draws) {
    std::vector<double> found;
    for (std::size_t k = 0; k < norms.size(); k += 2)
      add_statistics(norms[k], norms[std::min(k + 1, norms.size() - 1)], draws, found);
    found.resize(2 * norms.size());
    return found;
  };
  return analysis::bootstrap(std::ssize(norms[0]), statistics);
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
    if (const std::vector<double>* own = recorder.reference().own_error(summary.norm))
      summary.reference = analysis::rms(std::span(*own).last(recorder.samples()));
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
    const at::Tensor states = reference.states.narrow(1, 0, followed).contiguous();
    const auto event = states.sizes().slice(3).vec();
    group.write("state",
                state_axes({{"node", nodes}, {"followed", followed}},
                           static_cast<int>(states.size(2)), event),
                {states.scalar_type() == at::kDouble ? store::ElementType::float64
                                                     : store::ElementType::float32,
                 states.const_data_ptr(), states.numel()});
  }
  const std::vector<store::Axis> axes = {{"node", nodes}, {"sample", recorder.samples()}};
  for (const auto& [norm, own] : reference.own_errors) group.write("own_error_" + norm, axes, own);
}

}  // namespace strang
