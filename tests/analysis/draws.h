#pragma once

#include <cstdint>

#include "core/program/noise_key.h"
#include "core/tensor.h"

namespace strang::test {

// Standard normal numbers [n, d], float64; a function of the seed.
inline at::Tensor normals(std::uint64_t seed, std::int64_t n, std::int64_t d) {
  at::Tensor x = at::empty({n, d}, at::kDouble);
  draw_normals(hash({.seed = seed}), 0, n * d, x.mutable_data_ptr<double>());
  return x;
}

// An orthogonal matrix.
inline at::Tensor rotation(std::uint64_t seed, std::int64_t d) {
  return std::get<0>(at::linalg_qr(normals(seed, d, d)));
}

}  // namespace strang::test
