#include "core/program/brownian_path.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/program/noise_key.h"
#include "core/tensor.h"

namespace strang {
namespace {

// The key of a node of the tree: its interval names it. Paths have a stream of their own, below all
// others.
std::uint64_t node_key(std::uint64_t seed, double low, double high) {
  return hash({seed, Domain::process, low, high, -1});
}

}  // namespace

BrownianPath::BrownianPath(std::uint64_t seed, TimeClock clock, double begin, double end)
    : seed_(seed), clock_(std::move(clock)), low_(clock_(begin)), high_(clock_(end)) {
  require(std::isfinite(low_) && std::isfinite(high_) && low_ < high_,
          "noise 'path' needs a finite noise clock, but this process has [{}, {}] between t = {} "
          "and {}; "
          "use noise 'keyed', or start the schedule below its end",
          low_, high_, begin, end);
}

void BrownianPath::value(double c, std::int64_t sample, std::span<double> out) const {
  const auto size = static_cast<std::int64_t>(out.size());
  std::vector<double> left(out.size(), 0.0), right(out.size()), z(out.size());
  // Positions in the tree are fractions of the range, which halve exactly.
  draw_normals(node_key(seed_, 0, 0), sample, size, right.data());
  for (double& w : right) w *= std::sqrt(high_ - low_);
  const double fraction = (c - low_) / (high_ - low_);
  double begin = 0, end = 1;
  for (int level = 0; level < depth && fraction != begin && fraction != end; ++level) {
    const double middle = 0.5 * (begin + end);
    const double deviation = 0.5 * std::sqrt((end - begin) * (high_ - low_));
    draw_normals(node_key(seed_, begin, end), sample, size, z.data());
    std::vector<double>& bound = fraction < middle ? right : left;
    for (std::size_t i = 0; i < out.size(); ++i)
      bound[i] = 0.5 * (left[i] + right[i]) + deviation * z[i];
    (fraction < middle ? end : begin) = middle;
  }
  const double weight = (fraction - begin) / (end - begin);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = left[i] + weight * (right[i] - left[i]);
}

void BrownianPath::draw(const Noise& op, const at::Tensor& out, Rows rows) const {
  require(op.stream == 0 && op.domain == Domain::process,
          "noise 'path' gives the increments of one Brownian path: an integrator that draws more "
          "than one "
          "increment for a step (stream {}, {}) needs noise 'keyed'",
          op.stream, name_of(op.domain));
  const double from = clock_(op.from), to = clock_(op.to);
  const double slack = 1e-9 * (high_ - low_);
  require(to >= low_ - slack && from <= high_ + slack && to < from,
          "noise 'path' covers the clock range [{}, {}], but a step asks for [{}, {}]", low_, high_,
          to, from);
  const std::int64_t elements = out.numel() / out.size(0);
  const double scale = 1 / std::sqrt(from - to);
  if (rows.valid < out.size(0)) out.narrow(0, rows.valid, out.size(0) - rows.valid).zero_();
  at::parallel_for(0, rows.valid, 1, [&](std::int64_t first, std::int64_t last) {
    std::vector<double> upper(elements), lower(elements);
    for (std::int64_t row = first; row < last; ++row) {
      value(from, rows.first + row, upper);
      value(to, rows.first + row, lower);
      for (std::int64_t i = 0; i < elements; ++i) {
        const double z = scale * (upper[i] - lower[i]);
        if (out.scalar_type() == at::kDouble)
          out.mutable_data_ptr<double>()[row * elements + i] = z;
        else
          out.mutable_data_ptr<float>()[row * elements + i] = static_cast<float>(z);
      }
    }
  });
}

}  // namespace strang
