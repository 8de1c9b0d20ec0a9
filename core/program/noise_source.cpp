#include "core/program/noise_source.h"

#include <utility>

#include "core/error.h"
#include "core/program/kernels.h"
#include "core/program/noise_key.h"

namespace strang {
void KeyedNoise::draw(const Noise& op, const at::Tensor& out, Rows rows) const {
  const std::uint64_t key = hash({seed_, op.domain, op.from, op.to, op.stream});
  kernels_on(out.device().type())
      .draw(extent_of(out), key, rows.first, out.mutable_data_ptr(), real_of(out.scalar_type()));
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
