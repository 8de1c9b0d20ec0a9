#include "experiments/errors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "analysis/statistics.h"

namespace strang {
namespace {

template <class T>
double distance(const std::string& norm, const T* a, const T* b, std::int64_t n) {
  double sum = 0, largest = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const double d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += d * d;
    largest = std::max(largest, std::abs(d));
  }
  return norm == "rmse" ? std::sqrt(sum / static_cast<double>(n)) : largest;
}

}  // namespace

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
  const std::int64_t n = state.numel() / state.size(0);
  for (std::size_t k = 0; k < norms_.size(); ++k) {
    double* out = errors_[k].data() + node.index * samples() + rows.first;
    for (std::int64_t row = 0; row < rows.valid; ++row)
      out[row] = state.scalar_type() == at::kDouble
                     ? distance(norms_[k], state.const_data_ptr<double>() + row * n,
                                exact.const_data_ptr<double>() + row * n, n)
                     : distance(norms_[k], state.const_data_ptr<float>() + row * n,
                                exact.const_data_ptr<float>() + row * n, n);
  }
}

std::vector<ErrorSummary> summarize(const ErrorRecorder& recorder) {
  std::vector<ErrorSummary> summaries;
  const std::int64_t last = recorder.nodes() - 1;
  for (std::size_t k = 0; k < recorder.norms().size(); ++k) {
    const std::span<const double> errors(recorder.errors(k).data() + last * recorder.samples(),
                                         static_cast<std::size_t>(recorder.samples()));
    const analysis::Summary s = analysis::summarize(errors);
    const auto interval = analysis::bootstrap(errors, [](std::span<const double> v) {
      return std::vector{analysis::mean(v), analysis::rms(v)};
    });
    ErrorSummary& summary = summaries.emplace_back();
    summary = {
        recorder.norms()[k], {s.mean, interval[0]}, {s.rms, interval[1]}, s.median, s.p95, -1};
    const at::Tensor& own = summary.norm == "rmse" ? recorder.reference().own_error
                                                   : recorder.reference().own_error_linf;
    if (own.defined()) summary.reference = own[last].square().mean().sqrt().item<double>();
  }
  return summaries;
}

}  // namespace strang
