#pragma once

#include <vector>

#include "analysis/frechet.h"
#include "analysis/interval.h"
#include "analysis/statistics.h"

namespace strang::analysis {

// Frechet distances of the rows of `values` [n, d] resampled with replacement (as `resample` of
// analysis/statistics.h draws them) to a fixed reference, one for each repetition. The weighted
// moments of many repetitions are one matrix product of their weights with the outer products of
// the rows. Where n < d, eigenvalues of the resampled n x n Gram matrix instead. Costs
// O(repetitions (n d^2 + d^3)).
std::vector<double> resampled_frechet(const at::Tensor& values, const FrechetReference& reference,
                                      int repetitions, std::uint64_t seed = 0);

// The distance at this n with a bootstrap interval of its expectation at this n. A resampled
// distance lies above the distance by about as much as that lies above the one of infinitely many
// samples; the interval is that of the deviations from their mean (pivotal), so this bias does not
// move it. The reference is taken as exact. Throws UsageError for n < 2.
Measured frechet_with_interval(const at::Tensor& values, const FrechetReference& reference,
                               const BootstrapOptions& options = {});

// The distance of infinitely many samples (Chong & Forsyth 2020): a line in 1/n through the
// distances of fixed disjoint subsets of n, n/2 and n/4 samples, at 1/n = 0. The interval (95 %) is
// that of a jackknife over 20 fixed groups, Student's t. The reference is taken as exact.
// Throws UsageError for n < 80.
Measured frechet_at_infinity(const at::Tensor& values, const FrechetReference& reference);

// A fixed permutation of 0, ..., n - 1, for subsets that must not follow the order of a dataset.
at::Tensor fixed_permutation(std::int64_t n);

}  // namespace strang::analysis
