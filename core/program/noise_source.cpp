#include "core/program/noise_source.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/program/noise_key.h"

namespace strang {
namespace {

template <class T>
void draw_rows(std::uint64_t key, Rows rows, const at::Tensor& out) {
  const std::int64_t elements = out.numel() / out.size(0);
  T* data = out.data_ptr<T>();
  const std::int64_t grain = std::max<std::int64_t>(1, 4096 / std::max<std::int64_t>(1, elements));
  at::parallel_for(0, out.size(0), grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row)
      draw_normals(key, rows.first + row, elements, data + row * elements);
  });
}

}  // namespace

void KeyedNoise::draw(const Noise& op, const at::Tensor& out, Rows rows) const {
  const std::uint64_t key = hash({seed_, op.domain, op.from, op.to, op.stream});
  if (out.scalar_type() == at::kDouble)
    draw_rows<double>(key, rows, out);
  else
    draw_rows<float>(key, rows, out);
}

void ZeroNoise::draw(const Noise&, const at::Tensor& out, Rows) const { out.zero_(); }

ReplayNoise::ReplayNoise(at::Tensor draws, Layout layout)
    : draws_(std::move(draws)), layout_(std::move(layout)) {}

void ReplayNoise::draw(const Noise& op, const at::Tensor& out, Rows rows) const {
  const std::int64_t index = layout_.offset + layout_.per_step * op.step + op.stream;
  require(index >= 0 && index < draws_.size(0),
          "{} holds {} draws, but step {} asks for draw {} (offset {} + per_step {} * step + "
          "stream {})",
          layout_.origin, draws_.size(0), op.step, index, layout_.offset, layout_.per_step,
          op.stream);
  require(rows.first + rows.valid <= draws_.size(1), "{} holds draws for {} samples, {} are needed",
          layout_.origin, draws_.size(1), rows.first + rows.valid);
  out.zero_();
  out.narrow(0, 0, rows.valid)
      .copy_(draws_.select(0, index)
                 .narrow(0, rows.first, rows.valid)
                 .reshape(out.narrow(0, 0, rows.valid).sizes()));
}

}  // namespace strang
