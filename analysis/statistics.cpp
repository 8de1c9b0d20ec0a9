#include "analysis/statistics.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
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

constexpr int together = 4;  // repetitions that are worked on at once

// Calls f(first, last) for pieces of [0, repetitions), one after the other or side by side; `first`
// is a multiple of `together`.
void in_pieces(int repetitions, std::int64_t n, const std::function<void(int, int)>& f) {
  constexpr std::int64_t worth_a_thread = 1 << 19;  // draws
  const auto useful =
      static_cast<int>(std::min<std::int64_t>(repetitions, repetitions * n / worth_a_thread));
  const int count = std::clamp(useful, 1, at::get_num_threads());
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(count));
  const auto border = [&](int i) {
    return i == count ? repetitions : repetitions * i / count / together * together;
  };
  const auto piece = [&](int i) {
    try {
      f(border(i), border(i + 1));
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

std::vector<Interval> intervals_of(const std::vector<std::vector<double>>& found, double level) {
  std::vector<Interval> intervals;
  std::vector<double> result;  // of one statistic in every repetition
  for (std::size_t i = 0; i < found[0].size(); ++i) {
    result.clear();
    for (const std::vector<double>& one : found) {
      ensure(one.size() == found[0].size(), "bootstrap: {} statistics after {}", one.size(),
             found[0].size());
      result.push_back(one[i]);
    }
    intervals.push_back(
        {quantile_of(result, (1 - level) / 2), quantile_of(result, (1 + level) / 2)});
  }
  return intervals;
}

// How often each item was drawn: repetitions, made up to a multiple of `together`, by n.
struct Counts {
  std::uint64_t seed;
  std::int64_t n;
  int repetitions;
  std::vector<std::uint8_t> drawn;  // more than 255 times is out of reach
};

void count_draws(std::uint64_t seed, std::int64_t n, int first, int last, std::uint8_t* counts) {
  std::vector<std::int64_t> draws(static_cast<std::size_t>(n));
  for (int repetition = first; repetition < last; ++repetition, counts += n) {
    resample(seed, repetition, n, draws);
    for (const std::int64_t draw : draws) ++counts[draw];
  }
}

// Runs of a sweep have as many samples each, so the last counts are kept.
std::shared_ptr<const Counts> all_counts(std::uint64_t seed, std::int64_t n, int repetitions) {
  static std::mutex mutex;
  static std::shared_ptr<const Counts> last;
  const std::lock_guard lock(mutex);
  if (last != nullptr && last->seed == seed && last->n == n && last->repetitions == repetitions)
    return last;
  const int rows = (repetitions + together - 1) / together * together;
  auto counts = std::make_shared<Counts>(
      Counts{seed, n, repetitions, std::vector<std::uint8_t>(static_cast<std::size_t>(rows * n))});
  in_pieces(repetitions, n, [&](int begin, int end) {
    count_draws(seed, n, begin, end, counts->drawn.data() + begin * n);
  });
  return last = counts;
}

using Lanes = std::array<double, 4>;  // one item of four columns

constexpr auto numbers = [] {
  std::array<double, 256> table{};
  for (int i = 0; i < 256; ++i) table[i] = i;
  return table;
}();

// sums[r] = sum over items of counts[r, item] * rows[item], for `together` repetitions.
STRANG_CLONES void sum_counted(const Lanes* rows, std::int64_t n, const std::uint8_t* counts,
                               Lanes* sums) {
  using Vector = double __attribute__((vector_size(sizeof(Lanes))));
  Vector a{}, b{}, c{}, d{}, row;
  for (std::int64_t i = 0; i < n; ++i) {
    std::memcpy(&row, rows + i, sizeof row);
    a += numbers[counts[i]] * row;
    b += numbers[counts[n + i]] * row;
    c += numbers[counts[2 * n + i]] * row;
    d += numbers[counts[3 * n + i]] * row;
  }
  std::memcpy(sums, &a, sizeof a);
  std::memcpy(sums + 1, &b, sizeof b);
  std::memcpy(sums + 2, &c, sizeof c);
  std::memcpy(sums + 3, &d, sizeof d);
}

// [repetition][column]
std::vector<std::vector<double>> resampled_means(std::span<const std::vector<double>> columns,
                                                 const BootstrapOptions& options) {
  constexpr std::int64_t worth_keeping = 1 << 25;  // counts
  const std::int64_t n = std::ssize(columns[0]);
  const std::size_t groups = (columns.size() + 3) / 4;
  std::vector<std::vector<Lanes>> rows(groups, std::vector<Lanes>(static_cast<std::size_t>(n)));
  for (std::size_t k = 0; k < columns.size(); ++k)
    for (std::int64_t i = 0; i < n; ++i) rows[k / 4][i][k % 4] = columns[k][i];
  std::vector<std::vector<double>> means(static_cast<std::size_t>(options.repetitions),
                                         std::vector<double>(columns.size()));
  const bool kept = n * options.repetitions <= worth_keeping;
  const auto all = kept ? all_counts(options.seed, n, options.repetitions) : nullptr;
  in_pieces(options.repetitions, n, [&](int begin, int end) {
    for (int first = begin; first < end; first += together) {
      const int last = std::min(first + together, end);
      std::vector<std::uint8_t> own(kept ? 0 : static_cast<std::size_t>(together * n));
      if (!kept) count_draws(options.seed, n, first, last, own.data());
      const std::uint8_t* counts = kept ? all->drawn.data() + first * n : own.data();
      for (std::size_t g = 0; g < groups; ++g) {
        std::array<Lanes, together> sums;
        sum_counted(rows[g].data(), n, counts, sums.data());
        for (int r = first; r < last; ++r)
          for (std::size_t k = 4 * g; k < std::min(columns.size(), 4 * g + 4); ++k)
            means[r][k] = sums[r - first][k % 4] / static_cast<double>(n);
      }
    }
  });
  return means;
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

std::vector<double> squares(std::span<const double> values) {
  std::vector<double> result(values.begin(), values.end());
  for (double& value : result) value *= value;
  return result;
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
    std::span<const double> values,
    const std::function<std::vector<double>(std::span<const double>)>& statistics,
    const BootstrapOptions& options) {
  check_options(options);
  check_not_empty(values);
  std::vector<std::vector<double>> found(static_cast<std::size_t>(options.repetitions));
  in_pieces(options.repetitions, std::ssize(values), [&](int first, int last) {
    std::vector<std::int64_t> draws(values.size());
    std::vector<double> drawn(values.size());
    for (int repetition = first; repetition < last; ++repetition) {
      resample(options.seed, repetition, std::ssize(values), draws);
      for (std::size_t k = 0; k < drawn.size(); ++k)
        drawn[k] = values[static_cast<std::size_t>(draws[k])];
      found[static_cast<std::size_t>(repetition)] = statistics(drawn);
    }
  });
  return intervals_of(found, options.level);
}

std::vector<Interval> bootstrap_means(
    std::span<const std::vector<double>> columns,
    const std::function<std::vector<double>(std::span<const double>)>& statistics,
    const BootstrapOptions& options) {
  check_options(options);
  ensure(!columns.empty(), "bootstrap: no columns");
  for (const std::vector<double>& column : columns)
    ensure(!column.empty() && column.size() == columns[0].size(),
           "bootstrap: columns of {} and {} values", columns[0].size(), column.size());
  const std::vector<std::vector<double>> means = resampled_means(columns, options);
  std::vector<std::vector<double>> found;
  for (const std::vector<double>& one : means) found.push_back(statistics(one));
  return intervals_of(found, options.level);
}

}  // namespace strang::analysis
