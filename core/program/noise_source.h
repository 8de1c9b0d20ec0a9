#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/program/evaluator.h"
#include "core/program/program.h"
#include "core/tensor.h"

namespace strang {

// Where the standard normal draws of a program come from. Values are a function of the operation
// and the sample's id alone.
class NoiseSource {
 public:
  virtual ~NoiseSource() = default;
  // Whether `draw` fills tensors in the memory of such a device. If not, a run on that device draws
  // on the host and copies.
  virtual bool runs_on(at::DeviceType device) const { return device == at::kCPU; }
  // Fills out [batch, slot, event...].
  virtual void draw(const Noise& op, const at::Tensor& out, Rows rows) const = 0;
};

// Independent draws for every interval, from counters: the same bits on every device.
class KeyedNoise final : public NoiseSource {
 public:
  explicit KeyedNoise(std::uint64_t seed) : seed_(seed) {}
  bool runs_on(at::DeviceType) const override { return true; }
  void draw(const Noise& op, const at::Tensor& out, Rows rows) const override;

 private:
  std::uint64_t seed_;
};

class ZeroNoise final : public NoiseSource {
 public:
  bool runs_on(at::DeviceType) const override { return true; }
  void draw(const Noise& op, const at::Tensor& out, Rows rows) const override;
};

// Recorded draws [draw, sample, slot, event...]: the draw of step i and stream s is number
// offset + per_step * i + s. Padding rows are zero.
class ReplayNoise final : public NoiseSource {
 public:
  struct Layout {
    std::int64_t offset = 0;
    std::int64_t per_step = 1;
    std::string origin;  // file and dataset, for messages
  };
  ReplayNoise(at::Tensor draws, Layout layout);
  void draw(const Noise& op, const at::Tensor& out, Rows rows) const override;

 private:
  at::Tensor draws_;
  Layout layout_;
};

}  // namespace strang
