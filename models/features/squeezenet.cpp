// SqueezeNet 1.1 without its classifier (Iandola et al. 2016): valid 3 x 3 convolution of stride 2,
// fire modules 2 to 9 with max pooling before 2, 4 and 6, and the mean over pixels of the last
// 512 channels. Input as its Caffe weights want it: BGR in 0 to 255 minus the channel means.

#include <array>
#include <memory>

#include "core/plugin.h"
#include "models/features/weights.h"

namespace strang {
namespace {

struct Fire {
  Convolution squeeze, expand1, expand3;

  at::Tensor operator()(const at::Tensor& x) const {
    const at::Tensor s = squeeze(x).relu_();
    return at::cat({expand1(s).relu_(), expand3(s).relu_()}, 1);
  }
};

class SqueezeNetwork final : public Extractor {
 public:
  explicit SqueezeNetwork(const Weights& weights) : hash_(weights.hash()) {
    stem_ = read(weights, "conv1", 3, 64, 3, 2, 0);
    std::int64_t channels = 64;
    constexpr std::array<std::int64_t, 8> squeezed = {16, 16, 32, 32, 48, 48, 64, 64};
    for (std::size_t i = 0; i < squeezed.size(); ++i) {
      const std::string name = fmt::format("fire{}", i + 2);
      const std::int64_t s = squeezed[i], e = 4 * s;
      fires_.push_back({read(weights, name + ".squeeze1x1", channels, s, 1, 1, 0),
                        read(weights, name + ".expand1x1", s, e, 1, 1, 0),
                        read(weights, name + ".expand3x3", s, e, 3, 1, 1)});
      channels = 2 * e;
    }
  }

  std::int64_t dimension(const std::vector<std::int64_t>& image) const override {
    require_image("squeezenet", image, {3, -1, -1});
    require(image[1] >= smallest && image[2] >= smallest,
            "features: extractor 'squeezenet' takes images of at least {} x {} pixels, found {} x "
            "{}: set features.protocol.resize",
            smallest, smallest, image[1], image[2]);
    return 512;
  }
  std::string hash() const override { return hash_; }

  void extract(const at::Tensor& images, const at::Tensor& features,
               const at::Tensor&) const override {
    const at::Tensor means = at::tensor({103.939f, 116.779f, 123.68f}).view({1, 3, 1, 1});
    at::Tensor x = stem_((images.flip(1) + 1) * 127.5 - means).relu_();
    for (std::size_t i = 0; i < fires_.size(); ++i) {
      if (i == 0 || i == 2 || i == 4) x = at::max_pool2d(x, {3, 3}, {2, 2});
      x = fires_[i](x);
    }
    features.copy_(x.mean({2, 3}));
  }

 private:
  // Below this side a pooling would have nothing to pool.
  static constexpr std::int64_t smallest = 31;

  static Convolution read(const Weights& weights, const std::string& name, std::int64_t from,
                          std::int64_t to, std::int64_t side, std::int64_t stride,
                          std::int64_t padding) {
    return {weights.tensor(name + ".weight", {to, from, side, side}),
            weights.tensor(name + ".bias", {to}), stride, padding};
  }

  std::string hash_;
  Convolution stem_;
  std::vector<Fire> fires_;
};

struct Squeezenet {
  std::string weights;

  void fields(OptionVisitor& v) { v.path("weights", weights, "safetensors file of the weights"); }
  std::unique_ptr<Extractor> build(const Registry&) const {
    return std::make_unique<SqueezeNetwork>(Weights::read(weights));
  }
};

}  // namespace
}  // namespace strang

STRANG_FEATURES(squeezenet, Squeezenet,
                "512 mean activations of SqueezeNet 1.1 (Iandola et al. 2016), RGB");
