// A random convolutional network of the project: needs no file. Convolutions 3 x 3 of
// stride 2, channels doubling, a leaky ReLU after
// each; the features are the means over pixels of the last layer, and of its squares, so that both
// level and texture count. Weights are normal with variance 2 / fan-in, from counters: the same
// everywhere for a seed. Rank samplers with it only where no classifier of the data is at hand.

#include <cmath>
#include <memory>

#include "core/hash.h"
#include "core/plugin.h"
#include "core/program/noise_key.h"
#include "models/features/weights.h"

namespace strang {
namespace {

class RandomConv final : public Extractor {
 public:
  void fields(OptionVisitor& v) {
    v.field("seed", seed_, "of the weights").at_least(0);
    v.field("width", width_, "channels of the last layer: half of the features").in(8, 1024);
    v.field("layers", layers_, "convolutions, each halves the side").in(1, 6);
  }

  std::int64_t dimension(const std::vector<std::int64_t>& image) const override {
    require_image("random_conv", image, {-1, -1, -1});
    return 2 * width_;
  }
  std::string hash() const override {
    return sha256_hex(
        fmt::format("random_conv seed {} width {} layers {}", seed_, width_, layers_));
  }

  void extract(const at::Tensor& images, const at::Tensor& features,
               const at::Tensor&) const override {
    at::Tensor x = images;
    for (int layer = 0; layer < layers_; ++layer) {
      const std::int64_t to = std::max<std::int64_t>(width_ >> (layers_ - 1 - layer), 4);
      x = at::leaky_relu(convolution(layer, x.size(1), layer + 1 == layers_ ? width_ : to)(x), 0.2);
    }
    features.narrow(1, 0, width_).copy_(x.mean({2, 3}));
    features.narrow(1, width_, width_).copy_(x.square().mean({2, 3}));
  }

 private:
  // Drawn anew for each batch: cheap beside the convolution, and no state.
  Convolution convolution(int layer, std::int64_t from, std::int64_t to) const {
    at::Tensor weight = at::empty({to, from, 3, 3}, at::kFloat);
    const NoiseKey key{
        .seed = static_cast<std::uint64_t>(seed_), .domain = Domain::fit, .stream = layer};
    draw_normals(strang::hash(key), 0, weight.numel(), weight.mutable_data_ptr<float>());
    weight.mul_(std::sqrt(2.0 / static_cast<double>(9 * from)));
    return {weight, {}, 2, 1};
  }

  std::int64_t seed_ = 0, width_ = 32;
  int layers_ = 3;
};

}  // namespace
}  // namespace strang

STRANG_FEATURES(random_conv, RandomConv, "a seeded random convolution network, any image");
