#include "experiments/errors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

#include "analysis/statistics.h"
#include "core/instruction_clones.h"
#include "experiments/norms.h"
#include "experiments/state_axes.h"
#include "experiments/tensor_store.h"

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

// {a, a^2, b, b^2} of a sample, for two norms a and b: one load and one addition for each draw.
using Moments = std::array<double, 4>;

STRANG_CLONES void sum_drawn(const Moments* rows, std::span<const std::int64_t> draws,
                             Moments& sum) {
  using Lanes = double __attribute__((vector_size(sizeof(Moments))));
  Lanes even = {}, odd = {}, row;  // an addition waits for the one before: two chains
  std::size_t k = 0;
  for (; k + 1 < draws.size(); k += 2) {
    std::memcpy(&row, rows + draws[k], sizeof row);
    even += row;
    std::memcpy(&row, rows + draws[k + 1], sizeof row);
    odd += row;
  }
  if (k < draws.size()) {
    std::memcpy(&row, rows + draws[k], sizeof row);
    even += row;
  }
  even += odd;
  std::memcpy(&sum, &even, sizeof sum);
}

std::vector<Moments> moments_of(std::span<const double> a, std::span<const double> b) {
  std::vector<Moments> rows(a.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = {a[i], a[i] * a[i], b[i], b[i] * b[i]};
  return rows;
}

// Intervals of mean and root mean square of every norm, in turn; one set of draws serves them all.
std::vector<analysis::Interval> intervals(const std::vector<std::span<const double>>& norms) {
  std::vector<std::vector<Moments>> pairs;
  for (std::size_t k = 0; k < norms.size(); k += 2)
    pairs.push_back(moments_of(norms[k], norms[std::min(k + 1, norms.size() - 1)]));
  const auto statistics = [&](std::span<const std::int64_t> draws) {
    const auto n = static_cast<double>(draws.size());
    std::vector<double> found;
    for (const std::vector<Moments>& rows : pairs) {
      Moments sum;
      sum_drawn(rows.data(), draws, sum);
      found.insert(found.end(),
                   {sum[0] / n, std::sqrt(sum[1] / n), sum[2] / n, std::sqrt(sum[3] / n)});
    }
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
                view_of(states));
  }
  for (const auto& [norm, own] : reference.own_errors) {
    std::vector<double> rms;
    for (const at::Tensor& node : own) rms.push_back(analysis::rms(values_of(node)));
    group.write("own_error_" + norm, {{"node", nodes}}, rms);
  }
}

}  // namespace strang
