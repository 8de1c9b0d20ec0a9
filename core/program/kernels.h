#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "core/program/combine.h"
#include "core/program/element.h"
#include "core/program/program.h"
#include "core/tensor_forward.h"

namespace strang {

// Where a kernel notes the rows whose results are not finite: first[row] becomes `mark` unless it
// is smaller already. A default-constructed one notes nothing.
struct Watch {
  static constexpr int unmarked = std::numeric_limits<int>::max();

  int* first = nullptr;  // memory of the device, one number for each row
  int mark = 0;
};

// The arithmetic of programs on one kind of device. All pointers are to memory of that device;
// arrays are [rows, slots, elements], registers [register, rows]. Calls take effect in order, but a
// device may run behind the host: `fetch` waits for it. All devices give the same bits (element.h).
class Kernels {
 public:
  virtual ~Kernels() = default;

  // See combine.h. Returns false if a result is known not to be finite; a device that runs behind
  // notes it in `watch` and returns true.
  virtual bool combine(const Extent& extent, std::span<const Operand> operands, void* out,
                       Real out_type, const Watch& watch) const = 0;
  // As if the array had just been written by `combine`.
  virtual bool check(const Extent& extent, const void* data, Real type,
                     const Watch& watch) const = 0;
  virtual void select_rows(const Extent& extent, Real type, const double* mask, const void* a,
                           const void* b, void* out) const = 0;
  // Standard normal draws (noise_key.h) for samples first_sample, first_sample + 1, ...
  virtual void draw(const Extent& extent, std::uint64_t key, std::int64_t first_sample, void* out,
                    Real type) const = 0;
  // Runs scalar instructions on every row, one after the other.
  virtual void compute(std::span<const Compute> code, double* registers,
                       std::int64_t rows) const = 0;
  // Reduces each row, or all valid rows to one number (`Reduce::across_batch`): out [rows].
  virtual void reduce(const Reduce& op, const Extent& extent, const element::Reduced& from,
                      std::int64_t valid, double* out) const = 0;
  virtual void copy(const void* from, void* to, std::size_t bytes) const = 0;
  // Copies to host memory, after everything that was called before.
  virtual void fetch(const void* from, void* to, std::size_t bytes) const = 0;
};

// The kernels of the CPU, or of the current CUDA device. Throws Error where there is none.
const Kernels& kernels_on(at::DeviceType device);

// Why kernels_on(at::kCUDA) has none: empty if it does, else what is missing.
std::string why_no_cuda();

// float32 and float64 states; throws Error for others.
Real real_of(at::ScalarType type);
// [batch, slot, event...]
Extent extent_of(const at::Tensor& state);

}  // namespace strang
