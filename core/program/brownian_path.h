#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "core/program/noise_source.h"

namespace strang {

// The increments of one Brownian path for each sample and element, so that coarse and fine grids
// see the same noise and strong errors mean something. The path is W(c) on a clock c that increases
// with process time; the draw for an interval is (W(clock(from)) - W(clock(to))) / sqrt(clock(from)
// - clock(to)), a standard normal, and draws of neighbouring intervals add up.
//
// W is a virtual Brownian tree (Li et al. 2020): values at dyadic times by bridges whose normals
// are keyed by (seed, sample, stream, position in the tree), linear below 2^-depth of the range.
// Nothing is stored.
class BrownianPath final : public NoiseSource {
 public:
  static constexpr int depth = 48;
  using TimeClock = std::function<double(double)>;

  // The clock's range is [clock(begin), clock(end)]. Throws UsageError unless it is finite and
  // increasing.
  BrownianPath(std::uint64_t seed, TimeClock clock, double begin, double end);

  // Throws UsageError for times outside the range, for streams other than 0, and for draws that are
  // no increments of the process (correctors): those need independent noise.
  void draw(const Noise& op, const at::Tensor& out, Rows rows) const override;

  // W at clock time c, less its value at the range's start, for elements [0, size of out) of a
  // sample.
  void value(double c, std::int64_t sample, std::span<double> out) const;

 private:
  std::uint64_t seed_;
  TimeClock clock_;
  double low_, high_;
};

}  // namespace strang
