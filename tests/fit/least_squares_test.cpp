#include "core/sampling/least_squares.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace strang {
namespace {

struct Columns {
  std::vector<std::vector<double>> data;
  explicit Columns(int count, int rows = 5001) {
    std::mt19937_64 engine(5);
    std::normal_distribution<double> normal;
    for (int j = 0; j < count; ++j) {
      data.emplace_back(rows);
      for (double& value : data.back()) value = normal(engine);
    }
  }
  NormalEquations equations(bool factor = false) const {
    std::vector<const double*> columns;
    for (const auto& column : data) columns.push_back(column.data());
    return form_equations(columns, std::ssize(data[0]), 1, factor);
  }
};

SolveOptions exact(const char* method = "normal") { return {method, 1e-12, 0}; }

TEST(least_squares, finds_the_coefficients_that_made_the_data) {
  Columns c(4);
  for (std::size_t i = 0; i < c.data[0].size(); ++i) {
    c.data[1][i] *= 1e6;  // columns of very different size
    c.data[3][i] = 0.5 * c.data[0][i] - 2e-6 * c.data[1][i] + 3 * c.data[2][i];
  }
  for (const char* method : {"normal", "qr"}) {
    const Solution s = solve(c.equations(true), exact(method));
    EXPECT_NEAR(s.beta[0], 0.5, 1e-12);
    EXPECT_NEAR(s.beta[1], -2e-6, 1e-18);
    EXPECT_NEAR(s.beta[2], 3, 1e-12);
    EXPECT_EQ(s.rank, 3);
    EXPECT_NEAR(c.equations().mean_square(s.beta), 0, 1e-7);
  }
}

TEST(least_squares, equal_columns_share_their_coefficient) {
  Columns c(3);
  c.data[1] = c.data[0];
  c.data[2] = c.data[0];
  for (const char* method : {"normal", "qr"}) {
    const Solution s = solve(c.equations(true), exact(method));
    EXPECT_EQ(s.rank, 1);
    EXPECT_NEAR(s.beta[0], 0.5, 1e-12);
    EXPECT_NEAR(s.beta[1], 0.5, 1e-12);
    EXPECT_GT(s.condition, 1e12);
  }
}

TEST(least_squares, ridge_shrinks_by_its_share_of_the_eigenvalue) {
  Columns c(2);
  c.data[1] = c.data[0];
  for (const char* method : {"normal", "qr"}) {
    SolveOptions options = exact(method);
    options.ridge = 0.25;  // the scaled Gram matrix is 1
    EXPECT_NEAR(solve(c.equations(true), options).beta[0], 0.8, 1e-12);
  }
}

TEST(least_squares, constraints_are_exact_and_the_rest_is_optimal) {
  Columns c(4);
  const Constraints constraints{{{1, 1, 1}}, {2}};
  for (const char* method : {"normal", "qr"}) {
    const NormalEquations problem = c.equations(true);
    const std::vector<double> beta = solve(problem, exact(method), constraints).beta;
    EXPECT_NEAR(beta[0] + beta[1] + beta[2], 2, 1e-12);
    const double best = problem.mean_square(beta);
    for (const auto& [i, j] : {std::pair{0, 1}, {0, 2}, {1, 2}})
      for (const double step : {-1e-3, 1e-3}) {
        std::vector<double> other = beta;
        other[i] += step, other[j] -= step;
        EXPECT_GT(problem.mean_square(other), best);
      }
  }
}

TEST(least_squares, problems_add_up) {
  const Columns c(3, 4096);
  std::vector<NormalEquations> parts;
  for (int first = 0; first < 4096; first += 1024) {
    std::vector<const double*> columns;
    for (const auto& column : c.data) columns.push_back(column.data() + first);
    parts.push_back(form_equations(columns, 1024, 1, true));
  }
  const NormalEquations whole = c.equations(true), sum = merge(parts);
  EXPECT_EQ(sum.count, 4);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(sum.gram[i], whole.gram[i], 1e-9);
  for (const char* method : {"normal", "qr"}) {
    const Solution a = solve(whole, exact(method)), b = solve(sum, exact(method));
    EXPECT_NEAR(a.beta[0], b.beta[0], 1e-12);
    EXPECT_NEAR(a.beta[1], b.beta[1], 1e-12);
  }
}

}  // namespace
}  // namespace strang
