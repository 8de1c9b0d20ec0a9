// Kernel distance, precision and recall against direct sums over all pairs.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/frechet_intervals.h"
#include "analysis/kernel_distance.h"
#include "analysis/precision_recall.h"
#include "core/error.h"
#include "tests/analysis/draws.h"

namespace strang::analysis {
namespace {

using Rows = std::vector<std::vector<double>>;

Rows rows_of(const at::Tensor& x) {
  Rows rows(static_cast<std::size_t>(x.size(0)));
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::int64_t k = 0; k < x.size(1); ++k)
      rows[i].push_back(x[static_cast<std::int64_t>(i)][k].item<double>());
  return rows;
}

double kernel(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
  return std::pow(sum / static_cast<double>(a.size()) + 1, 3);
}

double direct_mmd(const Rows& x, const Rows& y) {
  const auto n = static_cast<double>(x.size()), m = static_cast<double>(y.size());
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < x.size(); ++j)
      if (i != j) sum += kernel(x[i], x[j]) / (n * (n - 1));
  for (std::size_t i = 0; i < y.size(); ++i)
    for (std::size_t j = 0; j < y.size(); ++j)
      if (i != j) sum += kernel(y[i], y[j]) / (m * (m - 1));
  for (const auto& a : x)
    for (const auto& b : y) sum -= 2 * kernel(a, b) / (n * m);
  return sum;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return std::sqrt(sum);
}

std::vector<double> direct_radii(const Rows& x, std::size_t k) {
  std::vector<double> radii;
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::vector<double> others;
    for (std::size_t j = 0; j < x.size(); ++j)
      if (i != j) others.push_back(distance(x[i], x[j]));
    std::sort(others.begin(), others.end());
    radii.push_back(others[k - 1]);
  }
  return radii;
}

// Share of a's rows in some ball of b.
double share_inside(const Rows& a, const Rows& b, const std::vector<double>& radii) {
  double count = 0;
  for (const auto& row : a) {
    bool inside = false;
    for (std::size_t j = 0; j < b.size(); ++j) inside = inside || distance(row, b[j]) <= radii[j];
    count += inside ? 1 : 0;
  }
  return count / static_cast<double>(a.size());
}

TEST(KernelDistance, is_the_sum_over_pairs) {
  const at::Tensor x = test::normals(1, 37, 6) + 0.3, y = test::normals(2, 29, 6);
  EXPECT_NEAR(polynomial_mmd(x, y), direct_mmd(rows_of(x), rows_of(y)), 1e-12);
}

TEST(KernelDistance, averages_fixed_disjoint_subsets) {
  const at::Tensor x = test::normals(1, 230, 3) + 0.2, y = test::normals(2, 300, 3);
  const KernelDistance found = kernel_distance(x, y);
  EXPECT_EQ(found.subset_size, 23);
  EXPECT_EQ(found.subsets, 10);
  const at::Tensor px = x.index_select(0, fixed_permutation(230)),
                   py = y.index_select(0, fixed_permutation(300));
  double sum = 0;
  for (int i = 0; i < 10; ++i)
    sum += direct_mmd(rows_of(px.narrow(0, 23 * i, 23)), rows_of(py.narrow(0, 23 * i, 23)));
  EXPECT_NEAR(found.value, sum / 10, 1e-12);
}

TEST(KernelDistance, is_unbiased_and_its_error_is_honest) {
  double sum = 0, variance = 0;
  int within = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {  // equal laws: the truth is 0
    const KernelDistance found =
        kernel_distance(test::normals(2 * seed, 200, 4), test::normals(2 * seed + 1, 200, 4));
    sum += found.value;
    variance += std::pow(found.standard_error, 2);
    within += std::abs(found.value) <= 2.3 * found.standard_error ? 1 : 0;
  }
  EXPECT_LT(std::abs(sum), 3 * std::sqrt(variance));
  EXPECT_GE(within, 51);
}

TEST(PrecisionRecall, is_the_count_over_pairs) {
  const at::Tensor x = test::normals(3, 83, 3) * 0.7 + 0.5, y = test::normals(4, 71, 3);
  const Rows samples = rows_of(x), real = rows_of(y);
  constexpr std::size_t k = 3;
  const std::vector<double> real_radii = direct_radii(real, k);
  double balls = 0, covered = 0;
  for (std::size_t j = 0; j < real.size(); ++j) {
    double held = 0;
    for (const auto& row : samples) held += distance(row, real[j]) <= real_radii[j] ? 1 : 0;
    balls += held;
    covered += held > 0 ? 1 : 0;
  }
  const PrecisionRecall found = precision_recall(x, y, k);
  EXPECT_DOUBLE_EQ(found.precision, share_inside(samples, real, real_radii));
  EXPECT_DOUBLE_EQ(found.recall, share_inside(real, samples, direct_radii(samples, k)));
  EXPECT_DOUBLE_EQ(found.density, balls / static_cast<double>(k * samples.size()));
  EXPECT_DOUBLE_EQ(found.coverage, covered / static_cast<double>(real.size()));
  EXPECT_LT(found.precision, 1);
  EXPECT_LT(found.recall, 1);
}

TEST(PrecisionRecall, chunks_change_nothing) {
  const at::Tensor y = test::normals(5, 1500, 2);
  const PrecisionRecall equal = precision_recall(y, y, 5);
  EXPECT_EQ(equal.precision, 1);
  EXPECT_EQ(equal.recall, 1);
  EXPECT_EQ(equal.coverage, 1);
  EXPECT_NEAR(equal.density, 1.2, 1e-12) << "each ball holds its centre and k others";
}

TEST(SampleDistances, too_few_samples_are_refused) {
  EXPECT_THROW(kernel_distance(test::normals(1, 19, 2), test::normals(1, 90, 2)), UsageError);
  EXPECT_THROW(precision_recall(test::normals(1, 5, 2), test::normals(1, 90, 2), 5), UsageError);
}

}  // namespace
}  // namespace strang::analysis
