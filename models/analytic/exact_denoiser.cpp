#include "models/analytic/exact_denoiser.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "core/error.h"

namespace strang {
namespace {

// Slot 0 of rows at level 0 becomes y; the other slots of every row become zero.
template <class T>
void complete(const ObservedRows& rows) {
  const T* in = static_cast<const T*>(rows.input);
  T* out = static_cast<T*>(rows.output);
  const std::int64_t stride = rows.slots * rows.elements;
  for (std::int64_t row = 0; row < rows.rows; ++row, in += stride, out += stride) {
    const Observation& seen = rows.observation(row);
    std::fill(out + rows.elements, out + stride, T{0});
    if (seen.level > 0) continue;
    for (std::int64_t i = 0; i < rows.elements; ++i) {
      double y = 0;
      for (std::int64_t slot = 0; slot < rows.slots; ++slot)
        y += seen.weights[slot] * static_cast<double>(in[slot * rows.elements + i]);
      out[i] = static_cast<T>(y);
    }
  }
}

Observation observe_slots(const Process& process, double t) {
  const Block covariance = process.covariance(t), mean = process.mean(t);
  Observation seen;
  if (covariance(0, 0) == 0) {
    seen.weights[0] = 1 / mean(0, 0);
    return seen;
  }
  const Block precision = covariance.inverse();
  double information = 0;
  for (int i = 0; i < mean.slots(); ++i) {
    for (int j = 0; j < mean.slots(); ++j) seen.weights[i] += precision(i, j) * mean(j, 0);
    information += mean(i, 0) * seen.weights[i];
  }
  for (double& weight : seen.weights) weight /= information;
  seen.level = 1 / std::sqrt(information);
  return seen;
}

}  // namespace

Observation observe(const Process& process, double t) {
  if (process.slots() > 1) return observe_slots(process, t);
  const double alpha = process.mean(t).value(), sigma = process.root(t).value();
  if (alpha == 0) return {{}, std::numeric_limits<double>::infinity()};
  return {{1 / alpha}, sigma / alpha};
}

ObservedRows ObservedRows::range(std::int64_t begin, std::int64_t end) const {
  const std::int64_t bytes = bytes_of_a_row();
  ObservedRows part = *this;
  part.input = static_cast<const char*>(input) + begin * bytes;
  part.output = static_cast<char*>(output) + begin * bytes;
  part.rows = end - begin;
  part.valid = std::clamp<std::int64_t>(valid - begin, 0, part.rows);
  if (observations.size() > 1) part.observations = observations.subspan(begin, end - begin);
  return part;
}

void ExactDenoiser::predict(const Query& query) const {
  const at::Tensor &in = query.input, &out = query.output;
  ensure(in.is_contiguous() && out.is_contiguous(), "an exact denoiser needs packed states");
  Observation one;
  std::vector<Observation> each;
  if (query.times.size() == 1) {
    one = observe(query.process, query.times[0]);
  } else {
    for (const double t : query.times) each.push_back(observe(query.process, t));
  }
  const ObservedRows rows{
      .input = in.const_data_ptr(),
      .output = out.mutable_data_ptr(),
      .type = in.scalar_type(),
      .rows = in.size(0),
      .slots = in.size(1),
      .elements = in.size(0) == 0 ? 0 : in.numel() / (in.size(0) * in.size(1)),
      .valid = query.rows.valid,
      .observations = each.empty() ? std::span<const Observation>(&one, 1) : each};
  const ObservedRows padding = rows.range(rows.valid, rows.rows);
  std::memset(padding.output, 0, padding.rows * padding.bytes_of_a_row());
  denoise(rows);
  rows.type == at::kDouble ? complete<double>(rows) : complete<float>(rows);
}

}  // namespace strang
