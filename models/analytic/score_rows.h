#pragma once

#include <cstdint>

namespace strang {

// Vectorised passes over the scores of one row of a chunk; T is float or double, and the bits
// depend on the row alone.

// scores[j] -= bias[j]; returns their maximum.
template <class T>
T subtract_bias(T* scores, const T* bias, std::int64_t n);

// scores[j] = exp((scores[j] - highest) rate), rate >= 0; returns their sum.
template <class T>
double exponentiate(T* scores, T highest, T rate, std::int64_t n);

// Writes the indices of scores >= threshold to `found`, at most `limit`; returns how many there
// are, or limit + 1 if there are more.
template <class T>
std::int64_t find_at_least(const T* scores, T threshold, std::int64_t n, std::int64_t limit,
                           std::int64_t* found);

}  // namespace strang
