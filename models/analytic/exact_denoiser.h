#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/program/block.h"
#include "core/sampling/model.h"
#include "core/tensor.h"

namespace strang {

// All that a state u of a linear process says about its data point: y = sum_i weights[i] u_i = x_0
// + level n, with n standard normal. With e the first column of E and K the covariance, weights =
// K^-1 e level^2 and level^2 = 1 / (e^T K^-1 e). At level 0, y is the data; at level +inf, u says
// nothing and the weights are zero.
struct Observation {
  std::array<double, Block::max_slots> weights{};
  double level = 0;

  bool operator==(const Observation&) const = default;
};

Observation observe(const Process& process, double t);

// Rows of a micro-batch in memory, with what they observe.
struct ObservedRows {
  const void* input;    // [rows, slots, elements], packed
  void* output;         // the same
  at::ScalarType type;  // of both: float32 or float64
  std::int64_t rows, slots, elements;
  std::int64_t valid;                         // rows from here on are padding
  std::span<const Observation> observations;  // one for all rows, or one for each

  const Observation& observation(std::int64_t row) const {
    return observations[observations.size() == 1 ? 0 : row];
  }
  std::int64_t bytes_of_a_row() const {
    return slots * elements * static_cast<std::int64_t>(c10::elementSize(type));
  }
  // Rows [begin, end).
  ObservedRows range(std::int64_t begin, std::int64_t end) const;
};

// A model that knows its data's law and returns D(y; level) = E[x_0 | y] for any linear process: a
// two-slot process differs from a one-slot one by y alone. Computes on the CPU.
class ExactDenoiser : public Model {
 public:
  Prediction prediction() const final { return Prediction::data; }
  void require_supports(const Process&) const final {}
  void predict(const Query& query) const final;

 protected:
  // Writes D of every row into slot 0 of the output, each row as if it were alone. Rows at level 0
  // may be left, and padding rows, whose output holds zeros: a denoiser computes them only if the
  // bits of the others depend on how many there are.
  virtual void denoise(const ObservedRows& rows) const = 0;
};

// Calls f(rows) for each run of neighbouring rows with the same observation.
template <class F>
void for_each_observation(const ObservedRows& rows, F f) {
  for (std::int64_t begin = 0, end = 0; begin < rows.rows; begin = end) {
    end = rows.observations.size() == 1 ? rows.rows : begin + 1;
    while (end < rows.rows && rows.observation(end) == rows.observation(begin)) ++end;
    f(rows.range(begin, end));
  }
}

}  // namespace strang
