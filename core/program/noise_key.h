#pragma once

#include <cstdint>

#include "core/program/program.h"

namespace strang {

// Names a random draw. Everything random about a sample is a function of the key, the sample's id
// and the position of the element: never of the order of calls, the batch, the thread or the
// device.
struct NoiseKey {
  std::uint64_t seed = 0;
  Domain domain = Domain::process;
  double from = 0;  // the interval of process time that the draw belongs to
  double to = 0;
  int stream = 0;
};

// 64 well-mixed bits of the key.
std::uint64_t hash(const NoiseKey& key);

// Standard normal draws for elements [0, count) of one sample. Philox 4x32-10 with the hash of the
// key as its key and (element / 2, sample) as its counter, then Box-Muller in double by own
// arithmetic: the same bits everywhere. For float the doubles are rounded.
void draw_normals(std::uint64_t key_hash, std::int64_t sample, std::int64_t count, double* out);
void draw_normals(std::uint64_t key_hash, std::int64_t sample, std::int64_t count, float* out);

}  // namespace strang
