#include "analysis/statistics.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace strang::analysis {
namespace {

void check_not_empty(std::span<const double> values) {
  ensure(!values.empty(), "a statistic of no values");
}

// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection that scatters counters.
std::uint64_t scatter(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// Reorders its scratch copy instead of sorting it.
double quantile_of(std::vector<double>& values, double fraction) {
  const double position = fraction * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(std::floor(position));
  const auto lower = values.begin() + below;
  std::nth_element(values.begin(), lower, values.end());
  const double weight = position - static_cast<double>(below);
  if (weight == 0) return *lower;
  const double upper = *std::min_element(lower + 1, values.end());
  return *lower + weight * (upper - *lower);
}

void check_options(const BootstrapOptions& options) {
  require(options.repetitions >= 1, "bootstrap: {} repetitions, at least 1 is needed",
          options.repetitions);
  require(options.level > 0 && options.level < 1, "bootstrap: level {} is not between 0 and 1",
          options.level);
}

}  // namespace

double mean(std::span<const double> values) {
  check_not_empty(values);
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double rms(std::span<const double> values) {
  check_not_empty(values);
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum / static_cast<double>(values.size()));
}

double median(std::span<const double> values) { return quantile(values, 0.5); }

double quantile(std::span<const double> values, double fraction) {
  check_not_empty(values);
  ensure(fraction >= 0 && fraction <= 1, "quantile {} is not in [0, 1]", fraction);
  std::vector<double> scratch(values.begin(), values.end());
  return quantile_of(scratch, fraction);
}

Summary summarize(std::span<const double> values) {
  check_not_empty(values);
  std::vector<double> scratch(values.begin(), values.end());
  return {.mean = mean(values),
          .rms = rms(values),
          .median = quantile_of(scratch, 0.5),
          .p95 = quantile_of(scratch, 0.95)};
}

void resample(std::uint64_t seed, int repetition, std::int64_t n, std::span<std::int64_t> draws) {
  const std::uint64_t stream = scatter(scatter(seed) ^ static_cast<std::uint64_t>(repetition));
  for (std::size_t k = 0; k < draws.size(); ++k) {
    // The high half of bits * n is uniform on [0, n) up to n / 2^64.
    const auto product =
        static_cast<unsigned __int128>(scatter(stream ^ k)) * static_cast<unsigned __int128>(n);
    draws[k] = static_cast<std::int64_t>(product >> 64);
  }
}

std::vector<Interval> bootstrap(
    std::int64_t n,
    const std::function<std::vector<double>(std::span<const std::int64_t>)>& statistics,
    const BootstrapOptions& options) {
  check_options(options);
  ensure(n >= 1, "bootstrap: no items to draw from");
  std::vector<std::int64_t> draws(static_cast<std::size_t>(n));
  std::vector<std::vector<double>> results;  // [statistic][repetition]
  for (int repetition = 0; repetition < options.repetitions; ++repetition) {
    resample(options.seed, repetition, n, draws);
    const std::vector<double> found = statistics(draws);
    if (repetition == 0) results.resize(found.size());
    ensure(found.size() == results.size(), "bootstrap: {} statistics after {}", found.size(),
           results.size());
    for (std::size_t i = 0; i < found.size(); ++i) results[i].push_back(found[i]);
  }
  std::vector<Interval> intervals;
  intervals.reserve(results.size());
  for (std::vector<double>& result : results)
    intervals.push_back({quantile_of(result, (1 - options.level) / 2),
                         quantile_of(result, (1 + options.level) / 2)});
  return intervals;
}

std::vector<Interval> bootstrap(
    std::span<const double> values,
    const std::function<std::vector<double>(std::span<const double>)>& statistics,
    const BootstrapOptions& options) {
  std::vector<double> drawn(values.size());
  const auto of_draws = [&](std::span<const std::int64_t> draws) {
    for (std::size_t k = 0; k < drawn.size(); ++k)
      drawn[k] = values[static_cast<std::size_t>(draws[k])];
    return statistics(drawn);
  };
  return bootstrap(std::ssize(values), of_draws, options);
}

}  // namespace strang::analysis
