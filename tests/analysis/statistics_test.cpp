#include "analysis/statistics.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/error.h"

namespace strang::analysis {
namespace {

// Means of squares of a few uniform numbers are skew enough to be no formality.
std::vector<double> skew_sample(std::uint64_t seed, int n) {
  std::vector<std::int64_t> draws(static_cast<std::size_t>(n));
  constexpr std::int64_t cells = 1 << 30;
  resample(seed, 0, cells, draws);
  std::vector<double> values;
  for (const std::int64_t draw : draws) {
    const double u = (static_cast<double>(draw) + 0.5) / cells;
    values.push_back(u * u);
  }
  return values;
}

TEST(Statistics, agree_with_numpy_on_a_small_sample) {
  const std::vector<double> values = {3, -1, 4, 1, -5, 9, 2, 6};
  EXPECT_DOUBLE_EQ(mean(values), 2.375);
  EXPECT_DOUBLE_EQ(rms(values), std::sqrt(173.0 / 8));
  EXPECT_DOUBLE_EQ(median(values), 2.5);
  EXPECT_DOUBLE_EQ(quantile(values, 0.95), 7.95);
  EXPECT_DOUBLE_EQ(quantile(values, 0), -5);
  EXPECT_DOUBLE_EQ(quantile(values, 1), 9);
  const Summary summary = summarize(values);
  EXPECT_EQ(summary.median, median(values));
  EXPECT_EQ(summary.p95, quantile(values, 0.95));
}

TEST(Statistics, no_values_have_no_statistics) {
  EXPECT_THROW(mean({}), Error);
  EXPECT_THROW(quantile({}, 0.5), Error);
  EXPECT_THROW(summarize({}), Error);
}

TEST(Bootstrap, draws_are_a_function_of_seed_repetition_and_index) {
  std::vector<std::int64_t> ten(10), five(5), other(10);
  resample(7, 3, 100, ten);
  resample(7, 3, 100, five);
  EXPECT_TRUE(std::equal(five.begin(), five.end(), ten.begin()));
  resample(7, 4, 100, other);
  EXPECT_NE(ten, other);
  resample(8, 3, 100, other);
  EXPECT_NE(ten, other);
}

// Few items are drawn in other arithmetic than many: of 2^61, a draw has the leading 61 bits.
TEST(Bootstrap, draws_of_few_items_are_those_of_many) {
  std::vector<std::int64_t> few(1000), many(1000);
  resample(7, 3, std::int64_t{1} << 61, many);
  for (const std::int64_t n : {1, 3, 1000, 4096, 1 << 20, (1 << 30) + 7}) {
    resample(7, 3, n, few);
    for (std::size_t k = 0; k < few.size(); ++k)
      EXPECT_EQ(few[k], static_cast<std::int64_t>(static_cast<__int128>(many[k]) * n >> 61));
  }
}

TEST(Bootstrap, intervals_do_not_depend_on_threads) {
  const std::vector<double> values = skew_sample(5, 4000);
  const auto run = [&] {
    return bootstrap(values, [](std::span<const double> drawn) -> std::vector<double> {
      return {mean(drawn), rms(drawn)};
    });
  };
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const auto one = run();
  at::set_num_threads(3);
  EXPECT_EQ(run(), one);
  at::set_num_threads(threads);
}

TEST(Bootstrap, draws_are_uniform) {
  constexpr int cells = 16, n = 160000;
  std::vector<std::int64_t> draws(n);
  resample(1, 0, cells, draws);
  std::vector<double> counts(cells);
  for (const std::int64_t draw : draws) counts.at(static_cast<std::size_t>(draw)) += 1;
  double chi2 = 0;
  for (const double count : counts) chi2 += std::pow(count - n / cells, 2) / (n / cells);
  EXPECT_LT(chi2, 37.7) << "15 degrees of freedom, 0.1 %";
  EXPECT_GT(chi2, 3.5);
}

TEST(Bootstrap, intervals_cover_the_truth_as_often_as_they_say) {
  int covered_mean = 0, covered_median = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto intervals = bootstrap(skew_sample(seed, 200),
                                     [](std::span<const double> drawn) -> std::vector<double> {
                                       return {mean(drawn), median(drawn)};
                                     },
                                     {.repetitions = 400, .seed = seed});
    covered_mean += intervals[0].low <= 1.0 / 3 && 1.0 / 3 <= intervals[0].high;
    covered_median += intervals[1].low <= 0.25 && 0.25 <= intervals[1].high;
  }
  EXPECT_GE(covered_mean, 90);
  EXPECT_LE(covered_mean, 99);
  EXPECT_GE(covered_median, 90);
  EXPECT_LE(covered_median, 99);
}

TEST(Bootstrap, the_width_of_the_mean_is_its_standard_error) {
  const std::vector<double> values = skew_sample(5, 1000);
  const Interval interval = bootstrap(
      values, [](std::span<const double> drawn) { return std::vector<double>{mean(drawn)}; },
      {.repetitions = 4000})[0];
  const double variance = std::pow(rms(values), 2) - std::pow(mean(values), 2);
  EXPECT_NEAR((interval.high - interval.low) / (2 * 1.96 * std::sqrt(variance / 1000)), 1, 0.05);
}

TEST(Bootstrap, means_by_counts_are_means_of_the_draws) {
  // Not a multiple of the repetitions that go together; with and without counts that are kept.
  for (const auto& [n, repetitions] : {std::pair{50, 402}, {1, 7}, {40000, 1001}}) {
    const std::vector<double> a = skew_sample(3, n), b = skew_sample(4, n);
    std::vector<std::vector<double>> columns = {a, b, a, b, b};
    const BootstrapOptions options{.repetitions = repetitions, .seed = 9};
    const auto found = bootstrap_means(
        columns,
        [](std::span<const double> means) { return std::vector(means.begin(), means.end()); },
        options);
    const auto of_draws = [](std::span<const double> drawn) { return std::vector{mean(drawn)}; };
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const Interval expected = bootstrap(columns[k], of_draws, options)[0];
      EXPECT_NEAR(found[k].low, expected.low, 1e-13);
      EXPECT_NEAR(found[k].high, expected.high, 1e-13);
    }
  }
  EXPECT_THROW(bootstrap_means(std::vector<std::vector<double>>{{1, 2}, {1}}, {}), Error);
}

TEST(Bootstrap, equal_options_give_equal_intervals_and_wrong_ones_are_refused) {
  const std::vector<double> values = skew_sample(5, 50);
  const auto run = [&](const BootstrapOptions& options) {
    return bootstrap(
        values, [](std::span<const double> drawn) { return std::vector<double>{rms(drawn)}; },
        options);
  };
  EXPECT_EQ(run({.seed = 3}), run({.seed = 3}));
  EXPECT_NE(run({.seed = 3}), run({.seed = 4}));
  EXPECT_THROW(run({.repetitions = 0}), UsageError);
  EXPECT_THROW(run({.level = 1}), UsageError);
}

}  // namespace
}  // namespace strang::analysis
