#include "experiments/errors.h"

#include <limits>
#include <span>
#include <utility>

#include "analysis/statistics.h"
#include "experiments/norms.h"

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

std::vector<analysis::ErrorSummary> summarize(const ErrorRecorder& recorder) {
  std::vector<analysis::ErrorSummary> summaries;
  const std::int64_t last = recorder.nodes() - 1;
  for (std::size_t k = 0; k < recorder.norms().size(); ++k) {
    const std::span<const double> errors(recorder.errors(k).data() + last * recorder.samples(),
                                         static_cast<std::size_t>(recorder.samples()));
    const analysis::Summary s = analysis::summarize(errors);
    const auto interval = analysis::bootstrap(errors, [](std::span<const double> v) {
      return std::vector{analysis::mean(v), analysis::rms(v)};
    });
    analysis::ErrorSummary& summary = summaries.emplace_back();
    summary = {
        recorder.norms()[k], {s.mean, interval[0]}, {s.rms, interval[1]}, s.median, s.p95, -1};
    if (const std::vector<double>* own = recorder.reference().own_error(summary.norm))
      summary.reference = analysis::rms(std::span(*own).last(recorder.samples()));
  }
  return summaries;
}

}  // namespace strang
