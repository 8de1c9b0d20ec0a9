#include "analysis/frechet.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/frechet_intervals.h"
#include "core/error.h"
#include "tests/analysis/draws.h"

namespace strang::analysis {
namespace {

using test::normals;
using test::rotation;

at::Tensor diagonal(const std::vector<double>& values) { return at::diag(at::tensor(values)); }

at::Tensor covariance(std::uint64_t seed, std::int64_t n, std::int64_t d) {
  return moments_of(normals(seed, n, d) * at::linspace(0.1, 2, d, at::kDouble)).covariance();
}

// The square root of a general matrix by the product form of Denman and Beavers' iteration (Cheng,
// Higham, Kenney & Laub 2001): another road to the same number.
at::Tensor square_root(const at::Tensor& a) {
  at::Tensor m = a, x = a;
  const at::Tensor one = at::eye(a.size(0), at::kDouble);
  for (double change = 1; change > 1e-14;) {
    const at::Tensor inverse = at::linalg_inv(m), next = 0.5 * x.mm(one + inverse);
    m = 0.5 * (one + 0.5 * (m + inverse));
    change = ((next - x).norm() / next.norm()).item<double>();
    x = next;
  }
  return x;
}

TEST(Frechet, commuting_gaussians_have_a_closed_form) {
  constexpr std::int64_t d = 40;
  const at::Tensor q = rotation(1, d), a = at::linspace(0.01, 3, d, at::kDouble),
                   b = at::linspace(2, 0.5, d, at::kDouble), step = at::full({d}, 0.3, at::kDouble);
  const double expected =
      step.square().sum().item<double>() + (a.sqrt() - b.sqrt()).square().sum().item<double>();
  const auto rotated = [&](const at::Tensor& values) { return q.mm(at::diag(values)).mm(q.t()); };
  EXPECT_NEAR(FrechetReference(step, rotated(b)).distance(at::zeros({d}, at::kDouble), rotated(a)),
              expected, 1e-10);
}

TEST(Frechet, two_by_two_has_a_closed_form) {
  const at::Tensor a = at::tensor({2.0, 0.7, 0.7, 1.0}).view({2, 2}),
                   b = at::tensor({1.0, -0.4, -0.4, 3.0}).view({2, 2}), ab = a.mm(b);
  const double determinant = at::linalg_det(ab).item<double>();
  const double root = std::sqrt(ab.trace().item<double>() + 2 * std::sqrt(determinant));
  const at::Tensor zero = at::zeros({2}, at::kDouble);
  EXPECT_NEAR(FrechetReference(zero, b).distance(zero, a), 3 + 4 - 2 * root, 1e-12);
}

TEST(Frechet, agrees_with_the_root_of_a_general_matrix_at_512) {
  constexpr std::int64_t d = 512;
  const at::Tensor a = covariance(1, 2 * d, d), b = covariance(2, 3 * d, d);
  const at::Tensor zero = at::zeros({d}, at::kDouble);
  const double traces = (a.trace() + b.trace()).item<double>();
  const double expected = traces - 2 * square_root(a.mm(b)).trace().item<double>();
  EXPECT_NEAR(FrechetReference(zero, b).distance(zero, a), expected, 1e-9);
}

TEST(Frechet, singular_covariances_keep_their_digits) {
  constexpr std::int64_t d = 64;
  std::vector<double> a(d, 0), b(d, 0);
  double expected = 0;
  for (std::size_t i = 0; i < d; ++i) {
    if (i % 2 == 0) a[i] = 1.0 + static_cast<double>(i);
    if (i % 3 == 0) b[i] = 2.0;
    expected += std::pow(std::sqrt(a[i]) - std::sqrt(b[i]), 2);
  }
  const at::Tensor q = rotation(4, d), zero = at::zeros({d}, at::kDouble);
  const at::Tensor s = q.mm(diagonal(a)).mm(q.t()), t = q.mm(diagonal(b)).mm(q.t());
  EXPECT_NEAR(FrechetReference(zero, t).distance(zero, s), expected, 1e-9);
  EXPECT_NEAR(FrechetReference(zero, s).distance(zero, t), expected, 1e-9);
  EXPECT_NEAR(FrechetReference(zero, s).distance(zero, s), 0, 1e-9);
  const at::Tensor none = at::zeros({d, d}, at::kDouble);
  EXPECT_NEAR(FrechetReference(zero, none).distance(zero, s), s.trace().item<double>(), 1e-10);
}

TEST(Frechet, fewer_samples_than_features_give_the_same_number_by_the_nuclear_norm) {
  const at::Tensor x = normals(5, 30, 50) + 0.1;
  for (const at::Tensor& reference : {covariance(6, 200, 50), covariance(7, 20, 50)}) {
    const FrechetReference against(at::zeros({50}, at::kDouble), reference);
    EXPECT_NEAR(against.distance_of(x), against.distance(moments_of(x)), 1e-10);
  }
}

TEST(Frechet, what_is_no_covariance_is_refused) {
  const at::Tensor zero = at::zeros({2}, at::kDouble);
  EXPECT_THROW(FrechetReference(zero, diagonal({1, -1})), UsageError);
  EXPECT_THROW(FrechetReference(zero, at::tensor({1.0, 0.5, 0.0, 1.0}).view({2, 2})), UsageError);
  EXPECT_THROW(FrechetReference(zero, diagonal({1, NAN})), UsageError);
  EXPECT_THROW(FrechetReference(zero, diagonal({1, 1, 1})), UsageError);
  EXPECT_THROW(FrechetReference(zero, diagonal({1, 1})).distance_of(normals(1, 1, 2)), UsageError);
  EXPECT_THROW(FrechetReference(zero, diagonal({1, 1})).distance_of(normals(1, 9, 3)), UsageError);
}

// The rows that the repetition draws, one by one.
double resampled(const at::Tensor& x, const FrechetReference& reference, int repetition) {
  std::vector<std::int64_t> draws(static_cast<std::size_t>(x.size(0)));
  resample(3, repetition, x.size(0), draws);
  return reference.distance(moments_of(x.index_select(0, at::tensor(draws))));
}

TEST(FrechetBootstrap, repetitions_are_those_of_resampled_rows) {
  for (const auto& [n, d] : {std::pair{700, 12}, std::pair{25, 40}}) {
    const at::Tensor x = normals(8, n, d) * 1.3 + 0.2;
    const FrechetReference reference(at::zeros({d}, at::kDouble), covariance(9, 500, d));
    const std::vector<double> all = resampled_frechet(x, reference, 40, 3);
    ASSERT_EQ(all.size(), 40u);
    for (const int r : {0, 1, 39})
      EXPECT_NEAR(all[static_cast<std::size_t>(r)], resampled(x, reference, r), 1e-7) << n;
    EXPECT_EQ(all, resampled_frechet(x, reference, 40, 3));
  }
}

// Four features with deviations 1, 1.2, 1.4, 1.6 about 0.2, against the standard normal law.
constexpr std::int64_t d = 4;
at::Tensor draw(std::uint64_t seed, std::int64_t n) {
  return normals(seed, n, d) * at::linspace(1, 1.6, d, at::kDouble) + 0.2;
}
FrechetReference standard() { return {at::zeros({d}, at::kDouble), at::eye(d, at::kDouble)}; }

TEST(FrechetBootstrap, intervals_cover_the_expectation_at_this_n) {
  const FrechetReference reference = standard();
  constexpr std::int64_t n = 150;
  double expectation = 0;
  constexpr int many = 2000;
  for (int i = 0; i < many; ++i) expectation += reference.distance_of(draw(10'000 + i, n)) / many;
  int covered = 0;
  for (int i = 0; i < 100; ++i) {
    const Measured m = frechet_with_interval(draw(i, n), reference);
    covered += m.interval.low <= expectation && expectation <= m.interval.high ? 1 : 0;
  }
  EXPECT_GE(covered, 90);
  EXPECT_LE(covered, 99);
}

TEST(FrechetAtInfinity, intervals_cover_the_distance_of_the_laws) {
  const FrechetReference reference = standard();
  const at::Tensor deviations = at::linspace(1, 1.6, d, at::kDouble);
  const double truth = d * 0.04 + (deviations - 1).square().sum().item<double>();
  int covered = 0;
  double bias = 0;
  for (int i = 0; i < 100; ++i) {
    const Measured m = frechet_at_infinity(draw(i, 400), reference);
    covered += m.interval.low <= truth && truth <= m.interval.high ? 1 : 0;
    bias += (m.value - truth) / 100;
  }
  EXPECT_GE(covered, 90);
  EXPECT_LE(covered, 99);
  EXPECT_LT(std::abs(bias), 0.02);
}

}  // namespace
}  // namespace strang::analysis
