#include "core/program/brownian_path.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "tests/files/message.h"

namespace strang {
namespace {

using test::contains, test::message_of;

double squared(double t) { return t * t; }

struct Paths : testing::Test {
  BrownianPath path{1, squared, 0, 3};

  // The increment over [to, from] of clock time, for all rows.
  at::Tensor increment(double from, double to, std::int64_t rows = 4,
                       std::int64_t first = 0) const {
    const at::Tensor z = at::empty({rows, 1, 3}, at::kDouble);
    path.draw({.from = from, .to = to}, z, {first, rows});
    return z * std::sqrt(squared(from) - squared(to));
  }
};

TEST_F(Paths, coarse_increments_are_sums_of_fine_ones) {
  at::Tensor sum = at::zeros({4, 1, 3}, at::kDouble);
  for (int i = 0; i < 40; ++i) sum += increment(2.9 - 0.05 * i, 2.9 - 0.05 * (i + 1));
  EXPECT_LE((sum - increment(2.9, 2.9 - 0.05 * 40)).abs().max().item<double>(), 1e-12);
}

TEST_F(Paths, increments_are_standard_normals_of_the_interval) {
  const std::int64_t rows = 4000;
  const double n = 3.0 * rows;
  for (const auto& [from, to] : {std::pair{3.0, 0.0}, {3.0, 2.7}, {1.3, 1.2999}, {0.5, 0.001}}) {
    const at::Tensor z = at::empty({rows, 1, 3}, at::kDouble);
    path.draw({.from = from, .to = to}, z, {0, rows});
    EXPECT_NEAR(z.mean().item<double>(), 0, 5 / std::sqrt(n)) << from;
    EXPECT_NEAR(z.square().mean().item<double>(), 1, 5 * std::sqrt(2 / n)) << from;
    EXPECT_NEAR(z.pow(4).mean().item<double>(), 3, 5 * std::sqrt(96 / n)) << from;
  }
}

TEST_F(Paths, disjoint_increments_are_independent) {
  const std::int64_t rows = 4000;
  for (const auto& [a, b] : {std::pair{std::pair{3.0, 2.0}, std::pair{2.0, 1.0}},
                             {{2.2, 2.1}, {2.1, 2.0}},
                             {{0.4, 0.3}, {2.9, 2.8}}}) {
    const at::Tensor x = increment(a.first, a.second, rows), y = increment(b.first, b.second, rows);
    const double correlation =
        ((x * y).mean() / (x.square().mean() * y.square().mean()).sqrt()).item<double>();
    EXPECT_NEAR(correlation, 0, 5 / std::sqrt(3.0 * rows));
  }
}

TEST_F(Paths, samples_and_seeds_have_paths_of_their_own) {
  EXPECT_FALSE(increment(2, 1)[0].equal(increment(2, 1)[1]));
  EXPECT_TRUE(increment(2, 1)[3].equal(increment(2, 1, 4, 2)[1]));
  const BrownianPath other(2, squared, 0, 3);
  const at::Tensor z = at::empty({4, 1, 3}, at::kDouble);
  other.draw({.from = 2, .to = 1}, z, {0, 4});
  EXPECT_FALSE(increment(2, 1).equal(z * std::sqrt(3.0)));
}

TEST_F(Paths, floats_are_rounded) {
  const at::Tensor z = at::empty({2, 1, 3}, at::kFloat), wide = at::empty({2, 1, 3}, at::kDouble);
  path.draw({.from = 2, .to = 1}, z, {0, 2});
  path.draw({.from = 2, .to = 1}, wide, {0, 2});
  EXPECT_TRUE(z.equal(wide.to(at::kFloat)));
}

TEST_F(Paths, an_infinite_clock_is_refused) {
  const auto message = message_of<UsageError>([] {
    BrownianPath(
        1, [](double t) { return t / (1 - t); }, 0, 1);
  });
  EXPECT_TRUE(contains(message, "needs a finite noise clock"));
  EXPECT_TRUE(contains(message, "use noise 'keyed'"));
  EXPECT_TRUE(contains(message_of<UsageError>([] { BrownianPath(1, squared, 1, 1); }), "finite"));
}

TEST_F(Paths, what_is_no_increment_of_the_path_is_refused) {
  const at::Tensor z = at::empty({2, 1, 3}, at::kDouble);
  const auto refusal = [&](const Noise& op) {
    return message_of<UsageError>([&] { path.draw(op, z, {0, 2}); });
  };
  EXPECT_TRUE(contains(refusal({.from = 2, .to = 1, .stream = 1}), "needs noise 'keyed'"));
  EXPECT_TRUE(
      contains(refusal({.from = 2, .to = 1, .domain = Domain::corrector}), "needs noise 'keyed'"));
  EXPECT_TRUE(contains(refusal({.from = 3.1, .to = 1}), "covers the clock range"));
  EXPECT_TRUE(contains(refusal({.from = 1, .to = 2}), "covers the clock range"));
}

}  // namespace
}  // namespace strang
