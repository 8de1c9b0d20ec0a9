#include "analysis/feature_comparison.h"

#include <algorithm>

#include "analysis/frechet_intervals.h"

namespace strang::analysis {
namespace {

at::Tensor first(const at::Tensor& values, std::int64_t count) {
  return values.narrow(0, 0, std::min(count, values.size(0)));
}

// What needs the samples' own vectors.
void measure_samples(const at::Tensor& values, const FrechetReference& against,
                     const ComparisonOptions& options, FeatureComparison& result) {
  const std::int64_t size = std::min(values.size(0), values.size(1));
  const std::int64_t repetitions = options.bootstrap.value_or(size <= 256 ? 1000 : 0);
  if (repetitions > 0)
    result.interval =
        frechet_with_interval(values, against, {.repetitions = static_cast<int>(repetitions)})
            .interval;
  if (options.infinity.value_or(size <= 512 && values.size(0) >= 80))
    result.infinity = frechet_at_infinity(values, against);
}

// What needs the vectors of both.
void measure_pairs(const at::Tensor& x, const at::Tensor& y, const ComparisonOptions& options,
                   FeatureComparison& result) {
  const std::int64_t n = std::min(x.size(0), y.size(0));
  if (options.kernel_subset > 0 && n >= 20)
    result.kernel = kernel_distance(x, y, options.kernel_subset);
  if (options.neighbour_samples > options.neighbours && n > options.neighbours)
    result.neighbours = precision_recall(first(x, options.neighbour_samples),
                                         first(y, options.neighbour_samples), options.neighbours);
}

}  // namespace

FeatureComparison compare_features(const FeatureStatistics& samples,
                                   const FeatureStatistics& reference,
                                   const ComparisonOptions& options) {
  require_comparable(samples, reference);
  FeatureComparison result{.n = samples.moments.n, .reference_n = reference.moments.n};
  const FrechetReference against(reference.moments);
  const bool vectors = samples.values.defined();
  result.frechet = vectors && result.n <= against.dimension()
                       ? against.distance_of(samples.values.to(at::kDouble))
                       : against.distance(samples.moments);
  if (vectors) measure_samples(samples.values, against, options, result);
  if (vectors && reference.values.defined())
    measure_pairs(samples.values, reference.values, options, result);
  return result;
}

}  // namespace strang::analysis
