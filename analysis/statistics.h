#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "analysis/interval.h"

namespace strang::analysis {

// Statistics of n >= 1 finite values; all throw Error on none. Sums run in the order of the values,
// so that equal input gives equal bits.
double mean(std::span<const double> values);
double rms(std::span<const double> values);  // sqrt(mean of squares)
double median(std::span<const double> values);

std::vector<double> squares(std::span<const double> values);

// Linear interpolation between order statistics at (n - 1) * fraction, as numpy.quantile by
// default; fraction in [0, 1]. Costs O(n).
double quantile(std::span<const double> values, double fraction);

struct Summary {
  double mean;
  double rms;
  double median;
  double p95;
};
Summary summarize(std::span<const double> values);

struct BootstrapOptions {
  int repetitions = 1000;
  double level = 0.95;  // in (0, 1)
  std::uint64_t seed = 0;
};

// The items that repetition r draws, with replacement, from n: draw k is a function of (seed, r, k)
// and of nothing else.
void resample(std::uint64_t seed, int repetition, std::int64_t n, std::span<std::int64_t> draws);

// Percentile bootstrap (Efron 1979): the (1 - level)/2 and (1 + level)/2 quantiles of each
// statistic over resampled values. `statistics` maps these to a vector whose length does not
// change; where there is much to do it is called from several threads. Deterministic. Known limit:
// for n below about 20 and for extreme quantiles the intervals are too short.
std::vector<Interval> bootstrap(
    std::span<const double> values,
    const std::function<std::vector<double>(std::span<const double>)>& statistics,
    const BootstrapOptions& options = {});

// The same for functions of means of columns (a root mean square: of a mean of squares), for which
// it is enough to know how often an item was drawn. `columns`: one or more, of n finite values
// each, item by item; all see the same resamples. `statistics` maps their means, from one thread.
std::vector<Interval> bootstrap_means(
    std::span<const std::vector<double>> columns,
    const std::function<std::vector<double>(std::span<const double>)>& statistics,
    const BootstrapOptions& options = {});

}  // namespace strang::analysis
