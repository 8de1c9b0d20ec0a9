// Kernels are thin: they find the element that a thread is for, element.h says what happens to it.
// They run on the legacy default stream, which is LibTorch's current stream unless somebody changes
// it. Compiled with -fmad=false.

#include <cuda_runtime.h>

#include <algorithm>

#include "core/program/cuda/cuda_kernels.h"
#include "core/program/draw.h"

namespace strang::cuda {
namespace {

void require_success(cudaError_t status) {
  if (status != cudaSuccess) fail(cudaGetErrorString(status));
}

// Threads over [rows, columns]: x runs along a row, and rows that are short share a block. Each
// thread strides over both.
struct Shape {
  Shape(std::int64_t rows, std::int64_t columns) {
    constexpr unsigned threads = 256;
    while (block.x < threads && block.x < columns) block.x *= 2;
    block.y = threads / block.x;
    grid.x =
        static_cast<unsigned>(std::min<std::int64_t>((columns + block.x - 1) / block.x, 65535));
    grid.y = static_cast<unsigned>(std::min<std::int64_t>((rows + block.y - 1) / block.y, 65535));
  }
  dim3 grid = dim3(1), block = dim3(1);
};

template <class F>
__device__ void for_each(std::int64_t rows, std::int64_t columns, F f) {
  for (std::int64_t row = blockIdx.y * static_cast<std::int64_t>(blockDim.y) + threadIdx.y;
       row < rows; row += static_cast<std::int64_t>(gridDim.y) * blockDim.y)
    for (std::int64_t i = blockIdx.x * static_cast<std::int64_t>(blockDim.x) + threadIdx.x;
         i < columns; i += static_cast<std::int64_t>(gridDim.x) * blockDim.x)
      f(row, i);
}

__device__ void note(const Watch& watch, std::int64_t row) {
  if (watch.first != nullptr) atomicMin(watch.first + row, watch.mark);
}

__global__ void combine_kernel(const __grid_constant__ element::Sum sum, Watch watch) {
  for_each(sum.extent.rows, sum.extent.elements, [&](std::int64_t row, std::int64_t i) {
    if (!element::combine(sum, row, i)) note(watch, row);
  });
}

__global__ void check_kernel(std::int64_t rows, std::int64_t size, const void* data, Real type,
                             Watch watch) {
  for_each(rows, size, [&](std::int64_t row, std::int64_t i) {
    if (!element::is_finite(element::load(data, type, row * size + i))) note(watch, row);
  });
}

__global__ void select_kernel(std::int64_t rows, std::int64_t size, Real type, const double* mask,
                              const void* a, const void* b, void* out) {
  for_each(rows, size, [&](std::int64_t row, std::int64_t i) {
    const std::int64_t at = row * size + i;
    element::store(out, type, at, element::load(mask[row] != 0 ? a : b, type, at));
  });
}

__global__ void draw_kernel(std::int64_t rows, std::int64_t size, std::uint64_t key,
                            std::int64_t first_sample, void* out, Real type) {
  for_each(rows, (size + 1) / 2, [&](std::int64_t row, std::int64_t block) {
    const normal::Pair pair = draw::box_muller(draw::uniforms(key, first_sample + row, block));
    const std::int64_t at = row * size + 2 * block;
    element::store(out, type, at, pair.first);
    if (2 * block + 1 < size) element::store(out, type, at + 1, pair.second);
  });
}

// Scalar instructions in the arguments of one launch.
struct Instructions {
  static constexpr int most = 32;
  int count = 0;
  Compute code[most];
};

__global__ void compute_kernel(const __grid_constant__ Instructions instructions, double* registers,
                               std::int64_t rows) {
  const std::int64_t row = blockIdx.x * static_cast<std::int64_t>(blockDim.x) + threadIdx.x;
  if (row >= rows) return;
  for (int k = 0; k < instructions.count; ++k)
    element::compute(instructions.code[k], registers, rows, row);
}

// One warp for each row.
__global__ void reduce_kernel(const Reduce op, const element::Reduced from, std::int64_t rows,
                              std::int64_t size, double* out) {
  const std::int64_t row = blockIdx.x * static_cast<std::int64_t>(blockDim.y) + threadIdx.y;
  if (row >= rows) return;  // whole warps
  double sum = element::lane_sum(op, from, row, size, static_cast<int>(threadIdx.x));
  for (int half = element::lanes / 2; half > 0; half /= 2)
    sum += __shfl_down_sync(0xffffffffu, sum, half);
  if (threadIdx.x == 0) out[row] = op.across_batch ? sum : element::finish(op, sum, size);
}

// One block; out holds the sums of the rows and takes the result.
__global__ void batch_kernel(const Reduce op, std::int64_t rows, std::int64_t valid,
                             std::int64_t size, double* out) {
  __shared__ double result;
  if (threadIdx.x == 0) result = element::finish_batch(op, out, valid, size);
  __syncthreads();
  for (std::int64_t row = threadIdx.x; row < rows; row += blockDim.x) out[row] = result;
}

// Device memory for the sums of combinations with many operands.
class Scratch {
 public:
  explicit Scratch(std::size_t bytes) { require_success(cudaMallocAsync(&data_, bytes, nullptr)); }
  ~Scratch() { cudaFreeAsync(data_, nullptr); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  double* data() { return static_cast<double*>(data_); }

 private:
  void* data_ = nullptr;
};

class CudaKernels final : public Kernels {
 public:
  bool combine(const Extent& extent, std::span<const Operand> operands, void* out, Real out_type,
               const Watch& watch) const override {
    constexpr std::size_t most = element::Sum::max_operands;
    if (operands.size() <= most) {
      launch(sum_of(extent, operands, operands, out, out_type), watch);
      return true;
    }
    Scratch scratch(extent.rows * extent.slots * extent.elements * sizeof(double));
    for (std::size_t begin = 0; begin < operands.size(); begin += most) {
      const std::size_t count = std::min(most, operands.size() - begin);
      element::Sum sum = sum_of(extent, operands.subspan(begin, count), operands, out, out_type);
      if (begin > 0) sum.before = scratch.data();
      if (begin + count < operands.size()) sum.after = scratch.data();
      launch(sum, watch);
    }
    return true;
  }

  bool check(const Extent& extent, const void* data, Real type, const Watch& watch) const override {
    const std::int64_t size = extent.slots * extent.elements;
    if (extent.rows * size == 0) return true;
    const Shape shape(extent.rows, size);
    check_kernel<<<shape.grid, shape.block>>>(extent.rows, size, data, type, watch);
    require_success(cudaGetLastError());
    return true;
  }

  void select_rows(const Extent& extent, Real type, const double* mask, const void* a,
                   const void* b, void* out) const override {
    const std::int64_t size = extent.slots * extent.elements;
    if (extent.rows * size == 0) return;
    const Shape shape(extent.rows, size);
    select_kernel<<<shape.grid, shape.block>>>(extent.rows, size, type, mask, a, b, out);
    require_success(cudaGetLastError());
  }

  void draw(const Extent& extent, std::uint64_t key, std::int64_t first_sample, void* out,
            Real type) const override {
    const std::int64_t size = extent.slots * extent.elements;
    if (extent.rows * size == 0) return;
    const Shape shape(extent.rows, (size + 1) / 2);
    draw_kernel<<<shape.grid, shape.block>>>(extent.rows, size, key, first_sample, out, type);
    require_success(cudaGetLastError());
  }

  void compute(std::span<const Compute> code, double* registers, std::int64_t rows) const override {
    constexpr unsigned threads = 128;
    const auto blocks = static_cast<unsigned>((rows + threads - 1) / threads);
    for (std::size_t begin = 0; begin < code.size() && rows > 0; begin += Instructions::most) {
      const auto part =
          code.subspan(begin, std::min<std::size_t>(Instructions::most, code.size() - begin));
      Instructions instructions;
      instructions.count = static_cast<int>(part.size());
      std::copy(part.begin(), part.end(), instructions.code);
      compute_kernel<<<blocks, threads>>>(instructions, registers, rows);
      require_success(cudaGetLastError());
    }
  }

  void reduce(const Reduce& op, const Extent& extent, const element::Reduced& from,
              std::int64_t valid, double* out) const override {
    if (extent.rows == 0) return;
    const std::int64_t size = extent.slots * extent.elements;
    const dim3 block(element::lanes, 8);
    const auto blocks = static_cast<unsigned>((extent.rows + block.y - 1) / block.y);
    reduce_kernel<<<blocks, block>>>(op, from, extent.rows, size, out);
    require_success(cudaGetLastError());
    if (!op.across_batch) return;
    batch_kernel<<<1, 256>>>(op, extent.rows, valid, size, out);
    require_success(cudaGetLastError());
  }

  void copy(const void* from, void* to, std::size_t bytes) const override {
    require_success(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice));
  }
  void fetch(const void* from, void* to, std::size_t bytes) const override {
    require_success(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost));
  }

 private:
  static element::Sum sum_of(const Extent& extent, std::span<const Operand> part,
                             std::span<const Operand> all, void* out, Real out_type) {
    element::Sum sum{.extent = extent, .count = static_cast<int>(part.size())};
    std::copy(part.begin(), part.end(), sum.operands);
    sum.out = out;
    sum.out_type = out_type;
    for (int r = 0; r < extent.slots; ++r) sum.empty[r] = element::is_empty(all, r);
    return sum;
  }

  static void launch(const element::Sum& sum, const Watch& watch) {
    if (sum.extent.rows * sum.extent.elements == 0) return;
    const Shape shape(sum.extent.rows, sum.extent.elements);
    combine_kernel<<<shape.grid, shape.block>>>(sum, watch);
    require_success(cudaGetLastError());
  }
};

}  // namespace

const bool built = true;

const Kernels& kernels() {
  static const CudaKernels kernels;
  return kernels;
}

}  // namespace strang::cuda
