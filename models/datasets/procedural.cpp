// Images of the project's own, for experiments without any data: one antialiased shape on a plain
// ground, with random place, size, turn and colours. Label 0 is a disc, 1 a ring, 2 a bar, 3 a
// cross. Image i is a function of (seed, i) by counter-based random numbers and arithmetic without
// library functions, so it is the same everywhere.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "core/plugin.h"
#include "core/program/normal.h"
#include "core/sampling/samples.h"

namespace strang {
namespace {

constexpr int kinds = 4;

// Uniform numbers in [0, 1), numbered from 0: SplitMix64 (Steele et al. 2014) on a counter.
class Draws {
 public:
  Draws(std::int64_t seed, std::int64_t image)
      : state_(mix(mix(static_cast<std::uint64_t>(seed)) + static_cast<std::uint64_t>(image))) {}

  double next() { return normal::open_one(mix(state_ += 0x9e3779b97f4a7c15ull)); }
  double between(double low, double high) { return low + (high - low) * next(); }

 private:
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

// One shape in units of the image's side.
struct Shape {
  explicit Shape(Draws& draws)
      : kind(static_cast<int>(kinds * draws.next())),
        x(draws.between(0.35, 0.65)),
        y(draws.between(0.35, 0.65)),
        radius(draws.between(0.15, 0.3)),
        thickness(draws.between(0.05, 0.09)),
        turn(normal::cos_sin_turn(draws.next())) {}

  // Signed distance of a point from the outline, negative inside.
  double distance(double px, double py) const {
    const double dx = px - x, dy = py - y;
    const double from_centre = std::sqrt(dx * dx + dy * dy);
    if (kind == 0) return from_centre - radius;
    if (kind == 1) return std::abs(from_centre - radius) - thickness;
    const double along = turn.first * dx + turn.second * dy,
                 across = turn.first * dy - turn.second * dx;
    const double bar = rectangle(along, across);
    return kind == 2 ? bar : std::min(bar, rectangle(across, along));
  }

  int kind;
  double x, y, radius, thickness;
  normal::Pair turn;

 private:
  double rectangle(double along, double across) const {
    const double a = std::abs(along) - radius, b = std::abs(across) - thickness;
    const double outside_a = std::max(a, 0.0), outside_b = std::max(b, 0.0);
    return std::sqrt(outside_a * outside_a + outside_b * outside_b) + std::min(std::max(a, b), 0.0);
  }
};

class Procedural final : public Dataset {
 public:
  void fields(OptionVisitor& v) {
    v.field("count", count_, "number of images").at_least(1);
    v.field("offset", offset_, "number of the first one: other ranges are other images")
        .at_least(0);
    v.field("size", size_, "side in pixels").in(4, 1024);
    v.field("channels", channels_, "1: grey, 3: colour").in(1, 3);
    v.field("seed", seed_, "of the random numbers");
  }

  Samples load() const override {
    require(channels_ != 2, "channels: is 2, but must be 1 or 3");
    Samples samples{at::empty({count_, channels_, size_, size_}, at::kFloat),
                    at::empty({count_}, at::kLong)};
    const std::int64_t elements = channels_ * size_ * size_;
    for (std::int64_t i = 0; i < count_; ++i)
      samples.labels.mutable_data_ptr<std::int64_t>()[i] =
          draw(offset_ + i, samples.values.mutable_data_ptr<float>() + i * elements);
    return samples;
  }

 private:
  // Writes an image, returns its label.
  int draw(std::int64_t image, float* out) const {
    Draws draws(seed_, image);
    const Shape shape(draws);
    std::array<double, 3> ground, ink;
    for (int c = 0; c < channels_; ++c) {
      ground[c] = draws.between(-1, -0.5);
      ink[c] = draws.between(0.2, 1);
    }
    for (std::int64_t row = 0; row < size_; ++row)
      for (std::int64_t column = 0; column < size_; ++column) {
        const double px = (static_cast<double>(column) + 0.5) / static_cast<double>(size_);
        const double py = (static_cast<double>(row) + 0.5) / static_cast<double>(size_);
        const double pixels = shape.distance(px, py) * static_cast<double>(size_);
        const double cover = std::clamp(0.5 - pixels, 0.0, 1.0);
        for (int c = 0; c < channels_; ++c)
          out[(c * size_ + row) * size_ + column] =
              static_cast<float>(ground[c] + cover * (ink[c] - ground[c]));
      }
    return shape.kind;
  }

  std::int64_t count_ = 1000, offset_ = 0, size_ = 16;
  int channels_ = 1;
  std::int64_t seed_ = 0;
};

}  // namespace
}  // namespace strang

STRANG_DATASET(procedural, Procedural, "antialiased shapes, generated from a seed");
