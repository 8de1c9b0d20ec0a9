#include "core/sampling/least_squares.h"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "core/instruction_clones.h"

namespace strang {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// In sixteen strands, so that the sum is fast, and accurate for long columns.
STRANG_CLONES double dot(const double* a, const double* b, std::int64_t n) {
  constexpr int strands = 16;
  std::array<double, strands> sums{};
  std::int64_t i = 0;
  for (; i + strands <= n; i += strands)
    for (int k = 0; k < strands; ++k) sums[k] += a[i + k] * b[i + k];
  for (; i < n; ++i) sums[0] += a[i] * b[i];
  for (int half = strands / 2; half > 0; half /= 2)
    for (int k = 0; k < half; ++k) sums[k] += sums[k + half];
  return sums[0];
}

// Row-major memory seen as a matrix.
Eigen::Map<const RowMajor> matrix(std::span<const double> values, std::int64_t rows,
                                  std::int64_t columns) {
  return {values.data(), rows, columns};
}

Eigen::Map<const VectorXd> vector(std::span<const double> values) {
  return {values.data(), std::ssize(values)};
}

// R of the QR factors, square, row-major.
std::vector<double> triangle(const MatrixXd& rows) {
  const Eigen::HouseholderQR<MatrixXd> qr(rows);
  const std::int64_t columns = rows.cols(), known = std::min(rows.rows(), columns);
  std::vector<double> r(static_cast<std::size_t>(columns * columns));
  Eigen::Map<RowMajor>(r.data(), columns, columns).topRows(known) =
      qr.matrixQR().topRows(known).triangularView<Eigen::Upper>();
  return r;
}

NormalEquations add(const NormalEquations& a, const NormalEquations& b) {
  NormalEquations sum = a;
  sum.count += b.count;
  sum.yty += b.yty;
  for (std::size_t i = 0; i < sum.gram.size(); ++i) sum.gram[i] += b.gram[i];
  for (std::size_t i = 0; i < sum.rhs.size(); ++i) sum.rhs[i] += b.rhs[i];
  if (!a.factor.empty()) {
    const std::int64_t side = a.size + 1;
    MatrixXd both(2 * side, side);
    both << matrix(a.factor, side, side), matrix(b.factor, side, side);
    sum.factor = triangle(both);
  }
  return sum;
}

// gamma = particular + basis * free solves the constraints; all in scaled variables.
struct Affine {
  VectorXd particular;
  MatrixXd basis;
};

Affine solve_constraints(const Constraints& constraints, const VectorXd& scale) {
  const std::int64_t p = scale.size(), k = std::ssize(constraints.rows);
  if (k == 0) return {VectorXd::Zero(p), MatrixXd::Identity(p, p)};
  MatrixXd rows(k, p);
  for (std::int64_t i = 0; i < k; ++i)
    rows.row(i) = vector(constraints.rows[i]).cwiseQuotient(scale).transpose();
  const Eigen::JacobiSVD<MatrixXd> svd(rows, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const VectorXd& s = svd.singularValues();  // falling
  std::int64_t rank = 0;  // features that satisfy a constraint by themselves leave rounding errors
  while (rank < s.size() && s[rank] > 1e-9 * std::max(s[0], 1e-9)) ++rank;
  const VectorXd along = (svd.matrixU().leftCols(rank).transpose() * vector(constraints.values))
                             .cwiseQuotient(s.head(rank));
  return {svd.matrixV().leftCols(rank) * along, svd.matrixV().rightCols(p - rank)};
}

// Coordinates along the kept directions: value / (weight + ridge), none for those dropped.
VectorXd damp(const VectorXd& along, const VectorXd& strength, const VectorXd& weight,
              const SolveOptions& options, int& rank) {
  const double least = options.rcond * strength.maxCoeff();
  VectorXd kept = VectorXd::Zero(along.size());
  rank = 0;
  for (std::int64_t i = 0; i < along.size(); ++i) {
    if (!(strength[i] > least)) continue;
    kept[i] = along[i] / (weight[i] + options.ridge);
    ++rank;
  }
  return kept;
}

// The free coordinates, from the scaled Gram matrix reduced to them.
VectorXd solve_normal(const MatrixXd& gram, const VectorXd& rhs, const SolveOptions& options,
                      int& rank) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(gram);
  const VectorXd& w = eigen.eigenvalues();
  const VectorXd along = eigen.eigenvectors().transpose() * rhs;
  return eigen.eigenvectors() * damp(along, w, w, options, rank);
}

// The same from the columns (those of the factor R).
VectorXd solve_qr(const MatrixXd& columns, const VectorXd& rhs, const SolveOptions& options,
                  int& rank) {
  const Eigen::JacobiSVD<MatrixXd> svd(columns, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const VectorXd& s = svd.singularValues();
  const VectorXd along = s.cwiseProduct(svd.matrixU().transpose() * rhs);
  return svd.matrixV() * damp(along, s, s.cwiseProduct(s), options, rank);
}

// Largest over smallest eigenvalue.
double condition(const MatrixXd& gram) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(gram, Eigen::EigenvaluesOnly);
  const VectorXd& w = eigen.eigenvalues();  // in rising order
  return w[w.size() - 1] / std::max(w.cwiseAbs().minCoeff(), 1e-300);
}

}  // namespace

double NormalEquations::mean_square(std::span<const double> beta) const {
  double sum = yty;
  for (int i = 0; i < size; ++i) {
    sum -= 2 * beta[i] * rhs[i];
    for (int j = 0; j < size; ++j) sum += beta[i] * gram[i * size + j] * beta[j];
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

NormalEquations form_equations(std::span<const double* const> columns, std::int64_t elements,
                               std::int64_t count, bool with_factor) {
  const int p = static_cast<int>(columns.size()) - 1;
  NormalEquations problem{p, count, std::vector<double>(p * p), std::vector<double>(p), 0, {}};
  constexpr std::int64_t chunk = 2048;  // of every column in cache
  for (std::int64_t first = 0; first < elements; first += chunk) {
    const std::int64_t n = std::min(chunk, elements - first);
    const double* y = columns[p] + first;
    problem.yty += dot(y, y, n);
    for (int i = 0; i < p; ++i) {
      problem.rhs[i] += dot(columns[i] + first, y, n);
      for (int j = i; j < p; ++j)
        problem.gram[i * p + j] += dot(columns[i] + first, columns[j] + first, n);
    }
  }
  for (int i = 0; i < p; ++i)
    for (int j = 0; j < i; ++j) problem.gram[i * p + j] = problem.gram[j * p + i];
  if (with_factor) {
    MatrixXd rows(elements, p + 1);
    for (int i = 0; i <= p; ++i)
      rows.col(i) = vector({columns[i], static_cast<std::size_t>(elements)});
    problem.factor = triangle(rows);
  }
  return problem;
}

NormalEquations merge(std::span<const NormalEquations> parts) {
  if (parts.size() == 1) return parts[0];
  const std::size_t half = (parts.size() + 1) / 2;
  return add(merge(parts.first(half)), merge(parts.subspan(half)));
}

void SolveOptions::fields(OptionVisitor& v) {
  v.field("method", method, "eigenvalues of the Gram matrix, or QR of the columns")
      .one_of({"normal", "qr"});
  v.field("rcond", rcond, "directions this much weaker than the strongest are dropped").in(0, 1);
  v.field("ridge", ridge, "added to the eigenvalues of the scaled Gram matrix").at_least(0);
}

Solution solve(const NormalEquations& problem, const SolveOptions& options,
               const Constraints& constraints) {
  const std::int64_t p = problem.size;
  Solution solution{std::vector<double>(p), 0, 1};
  if (p == 0) return solution;
  const MatrixXd gram = matrix(problem.gram, p, p);
  VectorXd scale = gram.diagonal().cwiseSqrt();
  for (double& one : scale)
    if (!(one > 0)) one = 1;
  const MatrixXd scaled = gram.cwiseQuotient(scale * scale.transpose());
  const VectorXd rhs = vector(problem.rhs).cwiseQuotient(scale);
  solution.condition = condition(scaled);
  const Affine affine = solve_constraints(constraints, scale);
  const MatrixXd& basis = affine.basis;
  VectorXd gamma = affine.particular;
  if (basis.cols() > 0 && options.method == "normal") {
    gamma += basis * solve_normal(basis.transpose() * scaled * basis,
                                  basis.transpose() * (rhs - scaled * affine.particular), options,
                                  solution.rank);
  } else if (basis.cols() > 0) {
    require(!problem.factor.empty(),
            "the equations were stored without their QR factor: method "
            "qr is not possible, normal is");
    const MatrixXd all = matrix(problem.factor, p + 1, p + 1);
    const MatrixXd columns = all.leftCols(p) * scale.cwiseInverse().asDiagonal();
    gamma += basis * solve_qr(columns * basis, all.col(p) - columns * affine.particular, options,
                              solution.rank);
  }
  VectorXd::Map(solution.beta.data(), p) = gamma.cwiseQuotient(scale);
  return solution;
}

}  // namespace strang
