#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/options.h"

namespace strang {

// What is left of the rows of a least-squares problem y ~ sum over j of beta_j f_j: sums over
// samples and elements in double. Problems of disjoint samples add up.
struct NormalEquations {
  int size = 0;                // p, the number of columns f_j
  std::int64_t count = 0;      // samples
  std::vector<double> gram;    // [p, p], f f^T
  std::vector<double> rhs;     // [p], f y
  double yty = 0;              // y y
  std::vector<double> factor;  // [p + 1, p + 1], R of the QR of [F | y]; empty where not asked for

  // Mean over samples of the squared norm of y - sum beta_j f_j.
  double mean_square(std::span<const double> beta) const;
};

// `columns`: f_1 ... f_p and y, `elements` numbers each, from `count` samples.
NormalEquations form_equations(std::span<const double* const> columns, std::int64_t elements,
                               std::int64_t count, bool with_factor);

// The problem of all samples, added up in a fixed tree.
NormalEquations merge(std::span<const NormalEquations> parts);

// Exact linear constraints: rows * beta = values.
struct Constraints {
  std::vector<std::vector<double>> rows;
  std::vector<double> values;
};

struct SolveOptions {
  std::string method = "normal";
  double rcond = 1e-12;
  double ridge = 1e-6;

  void fields(OptionVisitor& v);
};

struct Solution {
  std::vector<double> beta;
  int rank = 0;
  double condition = 0;  // of the Gram matrix with unit diagonal
};

// The minimiser, of minimum norm where the problem is rank deficient. Columns are scaled to unit
// length first; then directions whose eigenvalue of the Gram matrix is at most rcond times the
// largest are dropped (`qr`: whose singular value is), and the ridge is added to the eigenvalues.
Solution solve(const NormalEquations& problem, const SolveOptions& options,
               const Constraints& constraints = {});

}  // namespace strang
