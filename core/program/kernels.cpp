#include "core/program/kernels.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/error.h"
#include "core/program/cuda/cuda_kernels.h"
#include "core/program/noise_key.h"
#include "core/tensor.h"

namespace strang {
namespace {

// Notes the rows that are not finite. Returns whether all are.
bool note(const Extent& extent, const void* data, Real type, const Watch& watch) {
  const std::int64_t size = extent.slots * extent.elements;
  bool good = true;
  for (std::int64_t row = 0; row < extent.rows; ++row) {
    const void* values = static_cast<const char*>(data) + row * size * size_of(type);
    if (all_finite(values, type, size)) continue;
    good = false;
    if (watch.first != nullptr) watch.first[row] = std::min(watch.first[row], watch.mark);
  }
  return good;
}

double reduce_row(const Reduce& op, const element::Reduced& from, std::int64_t row,
                  std::int64_t size) {
  std::array<double, element::lanes> sums{};
  for (std::int64_t i = 0; i < size; ++i)
    sums[i % element::lanes] += element::summand(op, from, row * size + i);
  for (int half = element::lanes / 2; half > 0; half /= 2)
    for (int lane = 0; lane < half; ++lane) sums[lane] += sums[lane + half];
  return sums[0];
}

class HostKernels final : public Kernels {
 public:
  bool combine(const Extent& extent, std::span<const Operand> operands, void* out, Real out_type,
               const Watch& watch) const override {
    return strang::combine(extent, operands, out, out_type) || note(extent, out, out_type, watch);
  }

  bool check(const Extent& extent, const void* data, Real type, const Watch& watch) const override {
    return all_finite(data, type, extent.rows * extent.slots * extent.elements) ||
           note(extent, data, type, watch);
  }

  void select_rows(const Extent& extent, Real type, const double* mask, const void* a,
                   const void* b, void* out) const override {
    strang::select_rows(extent, type, mask, a, b, out);
  }

  void draw(const Extent& extent, std::uint64_t key, std::int64_t first_sample, void* out,
            Real type) const override {
    const std::int64_t size = extent.slots * extent.elements;
    const std::int64_t grain = std::max<std::int64_t>(1, 4096 / std::max<std::int64_t>(1, size));
    at::parallel_for(0, extent.rows, grain, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        if (type == Real::float64)
          draw_normals(key, first_sample + row, size, static_cast<double*>(out) + row * size);
        else
          draw_normals(key, first_sample + row, size, static_cast<float*>(out) + row * size);
      }
    });
  }

  void compute(std::span<const Compute> code, double* registers, std::int64_t rows) const override {
    for (const Compute& op : code)
      for (std::int64_t row = 0; row < rows; ++row) element::compute(op, registers, rows, row);
  }

  void reduce(const Reduce& op, const Extent& extent, const element::Reduced& from,
              std::int64_t valid, double* out) const override {
    const std::int64_t size = extent.slots * extent.elements;
    for (std::int64_t row = 0; row < extent.rows; ++row) {
      const double sum = reduce_row(op, from, row, size);
      out[row] = op.across_batch ? sum : element::finish(op, sum, size);
    }
    if (op.across_batch) std::fill_n(out, extent.rows, element::finish_batch(op, out, valid, size));
  }

  void copy(const void* from, void* to, std::size_t bytes) const override {
    std::memcpy(to, from, bytes);
  }
  void fetch(const void* from, void* to, std::size_t bytes) const override {
    std::memcpy(to, from, bytes);
  }
};

}  // namespace

const Kernels& kernels_on(at::DeviceType device) {
  static const HostKernels host;
  if (device == at::kCPU) return host;
  const std::string why =
      device == at::kCUDA ? why_no_cuda() : "there are kernels for cpu and cuda";
  ensure(why.empty(), "device '{}': {}", c10::DeviceTypeName(device, true), why);
  return cuda::kernels();
}

void cuda::fail(const char* message) { throw Error(fmt::format("CUDA: {}", message)); }

std::string why_no_cuda() {
  if (!cuda::built)
    return "this build has no CUDA kernels (needed: nvcc, and a LibTorch with CUDA "
           "in Torch_DIR, or -DSTRANG_CUDA=ON)";
  if (!at::hasCUDA())
    return "LibTorch sees no GPU (a build of it with CUDA and a driver are needed)";
  return "";
}

Real real_of(at::ScalarType type) {
  ensure(type == at::kDouble || type == at::kFloat, "states are float32 or float64, not {}",
         at::toString(type));
  return type == at::kDouble ? Real::float64 : Real::float32;
}

Extent extent_of(const at::Tensor& state) {
  const std::int64_t rows = state.size(0), slots = state.size(1);
  return {rows, slots, rows * slots == 0 ? 0 : state.numel() / rows / slots};
}

}  // namespace strang
