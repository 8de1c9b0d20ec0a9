#pragma once

#include <Random123/philox.h>

#include <cmath>
#include <cstdint>

#include "core/program/host_device.h"
#include "core/program/normal.h"

// One pair of the standard normal draws of noise_key.h, for host and device.
namespace strang::draw {

constexpr std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
constexpr std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

// The uniform numbers for elements 2 block and 2 block + 1 of a sample: first in (0, 1], second in
// [0, 1).
STRANG_HOST_DEVICE inline normal::Pair uniforms(std::uint64_t key, std::int64_t sample,
                                                std::uint64_t block) {
  const auto id = static_cast<std::uint64_t>(sample);
  const r123::Philox4x32::ctr_type counter = {{low(block), high(block), low(id), high(id)}};
  const r123::Philox4x32::key_type keys = {{low(key), high(key)}};
  const r123::Philox4x32::ctr_type words = r123::Philox4x32()(counter, keys);
  return {normal::open_zero((static_cast<std::uint64_t>(words.v[1]) << 32) | words.v[0]),
          normal::open_one((static_cast<std::uint64_t>(words.v[3]) << 32) | words.v[2])};
}

STRANG_HOST_DEVICE inline normal::Pair box_muller(const normal::Pair& uniform) {
  const double radius = std::sqrt(-2 * normal::log(uniform.first));
  const normal::Pair direction = normal::cos_sin_turn(uniform.second);
  return {radius * direction.first, radius * direction.second};
}

}  // namespace strang::draw
