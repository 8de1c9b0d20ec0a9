#include "core/sampling/least_squares.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "core/tensor.h"

namespace strang {
namespace {

// In eight strands, so that the sum is fast, and accurate for long columns.
double dot(const double* a, const double* b, std::int64_t n) {
  std::array<double, 8> sums{};
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int k = 0; k < 8; ++k) sums[k] += a[i + k] * b[i + k];
  for (; i < n; ++i) sums[0] += a[i] * b[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

at::Tensor matrix(std::span<const double> values, std::int64_t rows, std::int64_t columns) {
  at::Tensor result = at::empty({rows, columns}, at::kDouble);
  std::copy(values.begin(), values.end(), result.mutable_data_ptr<double>());
  return result;
}

std::vector<double> numbers(const at::Tensor& tensor) {
  const at::Tensor packed = tensor.contiguous();
  return {packed.const_data_ptr<double>(), packed.const_data_ptr<double>() + packed.numel()};
}

std::vector<double> triangle(const at::Tensor& rows) {
  const std::int64_t columns = rows.size(1);
  at::Tensor r = std::get<1>(at::linalg_qr(rows, "r"));
  if (r.size(0) < columns) r = at::cat({r, at::zeros({columns - r.size(0), columns}, r.options())});
  return numbers(r);
}

NormalEquations add(const NormalEquations& a, const NormalEquations& b) {
  NormalEquations sum = a;
  sum.count += b.count;
  sum.yty += b.yty;
  for (std::size_t i = 0; i < sum.gram.size(); ++i) sum.gram[i] += b.gram[i];
  for (std::size_t i = 0; i < sum.rhs.size(); ++i) sum.rhs[i] += b.rhs[i];
  if (!a.factor.empty()) {
    const std::int64_t side = a.size + 1;
    sum.factor = triangle(at::cat({matrix(a.factor, side, side), matrix(b.factor, side, side)}));
  }
  return sum;
}

// gamma = particular + basis * free solves the constraints; all in scaled variables.
struct Affine {
  at::Tensor particular, basis;
};

Affine solve_constraints(const Constraints& constraints, const at::Tensor& scale) {
  const std::int64_t p = scale.size(0);
  if (constraints.rows.empty())
    return {at::zeros({p}, at::kDouble), at::eye(p, at::TensorOptions(at::kDouble))};
  const auto k = static_cast<std::int64_t>(constraints.rows.size());
  at::Tensor rows = at::empty({k, p}, at::kDouble);
  for (std::int64_t i = 0; i < k; ++i) rows[i].copy_(matrix(constraints.rows[i], 1, p)[0] / scale);
  const auto [u, s, vh] = at::linalg_svd(rows, true);
  const double largest = s.max().item<double>();
  std::int64_t rank = 0;  // features that satisfy a constraint by themselves leave rounding errors
  while (rank < s.size(0) && s[rank].item<double>() > 1e-9 * std::max(largest, 1e-9)) ++rank;
  const at::Tensor values = matrix(constraints.values, k, 1).select(1, 0);
  const at::Tensor along = at::mv(u.narrow(1, 0, rank).t(), values) / s.narrow(0, 0, rank);
  return {at::mv(vh.narrow(0, 0, rank).t(), along), vh.narrow(0, rank, p - rank).t()};
}

// Coordinates along the kept directions: value / (weight + ridge), none for those dropped.
at::Tensor damp(const at::Tensor& along, const at::Tensor& strength, const at::Tensor& weight,
                double ridge, double rcond, int& rank) {
  const at::Tensor kept = strength > rcond * strength.max();
  rank = static_cast<int>(kept.sum().item<std::int64_t>());
  return at::where(kept, along / (weight + ridge), at::zeros_like(along));
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
    at::Tensor rows = at::empty({elements, p + 1}, at::kDouble);
    for (int i = 0; i <= p; ++i)
      rows.select(1, i).copy_(
          matrix({columns[i], static_cast<std::size_t>(elements)}, 1, elements)[0]);
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
  const at::Tensor gram = matrix(problem.gram, p, p);
  const at::Tensor root = gram.diagonal().sqrt();
  const at::Tensor scale = at::where(root > 0, root, at::ones_like(root));
  const at::Tensor scaled = gram / at::outer(scale, scale);
  const at::Tensor rhs = matrix(problem.rhs, 1, p)[0] / scale;
  const auto [spectrum, vectors] = at::linalg_eigh(scaled);  // in rising order
  solution.condition =
      spectrum[p - 1].item<double>() / std::max(spectrum.abs().min().item<double>(), 1e-300);
  const Affine affine = solve_constraints(constraints, scale);
  at::Tensor gamma = affine.particular;
  if (affine.basis.size(1) > 0 && options.method == "normal") {
    const auto [w, v] = constraints.rows.empty()
                            ? std::tuple(spectrum, vectors)
                            : at::linalg_eigh(affine.basis.t().mm(scaled).mm(affine.basis));
    const at::Tensor along =
        at::mv(v.t(), at::mv(affine.basis.t(), rhs - at::mv(scaled, affine.particular)));
    gamma =
        gamma + at::mv(affine.basis,
                       at::mv(v, damp(along, w, w, options.ridge, options.rcond, solution.rank)));
  } else if (affine.basis.size(1) > 0) {
    require(!problem.factor.empty(),
            "the equations were stored without their QR factor: method "
            "qr is not possible, normal is");
    const at::Tensor all = matrix(problem.factor, p + 1, p + 1);
    const at::Tensor columns = all.narrow(1, 0, p) / scale;
    const auto [u, s, vh] = at::linalg_svd(columns.mm(affine.basis), false);
    const at::Tensor along =
        s * at::mv(u.t(), all.select(1, p) - at::mv(columns, affine.particular));
    gamma = gamma + at::mv(affine.basis, at::mv(vh.t(), damp(along, s, s * s, options.ridge,
                                                             options.rcond, solution.rank)));
  }
  solution.beta = numbers(gamma / scale);
  return solution;
}

}  // namespace strang
