#include "analysis/statistics.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <thread>

#include "core/error.h"
#include "core/instruction_clones.h"

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

// The high half of bits * n, for n below 2^32: in halves, which vectors of integers can multiply.
STRANG_CLONES void resample_small(std::uint64_t stream, std::uint64_t n,
                                  std::span<std::int64_t> draws) {
  for (std::size_t k = 0; k < draws.size(); ++k) {
    const std::uint64_t bits = scatter(stream ^ k);
    const std::uint64_t low = (bits & 0xffffffff) * n;
    draws[k] = static_cast<std::int64_t>(((bits >> 32) * n + (low >> 32)) >> 32);
  }
}

// Calls f(first, last) for pieces of [0, repetitions), one after the other or side by side.
void in_pieces(int repetitions, std::int64_t n, const std::function<void(int, int)>& f) {
  constexpr std::int64_t worth_a_thread = 1 << 19;  // draws
  const auto useful =
      static_cast<int>(std::min<std::int64_t>(repetitions, repetitions * n / worth_a_thread));
  const int count = std::clamp(useful, 1, at::get_num_threads());
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(count));
  const auto piece = [&](int i) {
    try {
      f(repetitions * i / count, repetitions * (i + 1) / count);
    } catch (...) {
      failures[static_cast<std::size_t>(i)] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> threads;  // those of OpenMP would spin on in the way of what follows
    for (int i = 1; i < count; ++i) threads.emplace_back(piece, i);
    piece(0);
  }
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
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
  if (n <= 0xffffffff) return resample_small(stream, static_cast<std::uint64_t>(n), draws);
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
  std::vector<std::vector<double>> found(static_cast<std::size_t>(options.repetitions));
  in_pieces(options.repetitions, n, [&](int first, int last) {
    std::vector<std::int64_t> draws(static_cast<std::size_t>(n));
    for (int repetition = first; repetition < last; ++repetition) {
      resample(options.seed, repetition, n, draws);
      found[static_cast<std::size_t>(repetition)] = statistics(draws);
    }
  });
  std::vector<Interval> intervals;
  std::vector<double> result;  // of one statistic in every repetition
  for (std::size_t i = 0; i < found[0].size(); ++i) {
    result.clear();
    for (const std::vector<double>& one : found) {
      ensure(one.size() == found[0].size(), "bootstrap: {} statistics after {}", one.size(),
             found[0].size());
      result.push_back(one[i]);
    }
    intervals.push_back({quantile_of(result, (1 - options.level) / 2),
                         quantile_of(result, (1 + options.level) / 2)});
  }
  return intervals;
}

std::vector<Interval> bootstrap(
    std::span<const double> values,
    const std::function<std::vector<double>(std::span<const double>)>& statistics,
    const BootstrapOptions& options) {
  const auto of_draws = [&](std::span<const std::int64_t> draws) {
    std::vector<double> drawn(values.size());
    for (std::size_t k = 0; k < drawn.size(); ++k)
      drawn[k] = values[static_cast<std::size_t>(draws[k])];
    return statistics(drawn);
  };
  return bootstrap(std::ssize(values), of_draws, options);
}

}  // namespace strang::analysis
