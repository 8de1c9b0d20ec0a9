// A CIFAR-10 ResNet (He et al. 2016, section 4.2): 3 x 3 convolution, three stages of n blocks with
// 16, 32 and 64 channels, mean over pixels, whose 64 values are the features, and ten classes. The
// depth 6 n + 2 is what the file holds. Shortcuts between stages are the paper's option A: every
// second pixel, zero channels before and behind.

#include <memory>

#include "core/plugin.h"
#include "models/features/weights.h"

namespace strang {
namespace {

constexpr std::int64_t width = 64, categories = 10;

struct ResidualBlock {
  Convolution first, second;
  Normalisation norm1, norm2;

  at::Tensor operator()(const at::Tensor& x) const {
    at::Tensor y = norm1(first(x)).relu_();
    y = norm2(second(y));
    return (y + shortcut(x)).relu_();
  }

 private:
  at::Tensor shortcut(const at::Tensor& x) const {
    if (first.stride == 1) return x;
    const std::int64_t added = (first.weight.size(0) - x.size(1)) / 2;
    const at::Tensor every_second = x.slice(2, 0, c10::nullopt, 2).slice(3, 0, c10::nullopt, 2);
    return at::constant_pad_nd(every_second, {0, 0, 0, 0, added, added});
  }
};

class ResidualNetwork final : public Extractor {
 public:
  explicit ResidualNetwork(const Weights& weights) : hash_(weights.hash()) {
    stem_ = {weights.tensor("conv1.weight", {16, 3, 3, 3}), {}, 1, 1};
    norm_ = Normalisation::read(weights, "bn1", 16);
    std::int64_t channels = 16;
    for (int stage = 1; stage <= 3; ++stage) {
      const std::int64_t next = std::int64_t{8} << stage;
      for (int i = 0;; ++i) {
        const std::string name = fmt::format("layer{}.{}", stage, i);
        if (i > 0 && !weights.has(name + ".conv1.weight")) break;
        blocks_.push_back(read_block(weights, name, channels, next));
        channels = next;
      }
    }
    classes_ = weights.tensor("linear.weight", {categories, width});
    classes_bias_ = weights.tensor("linear.bias", {categories});
  }

  std::int64_t dimension(const std::vector<std::int64_t>& image) const override {
    require_image("cifar_resnet", image, {3, 32, 32});
    return width;
  }
  std::int64_t classes() const override { return categories; }
  std::string hash() const override { return hash_; }

  void extract(const at::Tensor& images, const at::Tensor& features,
               const at::Tensor& logits) const override {
    const at::Tensor mean = at::tensor({0.485f, 0.456f, 0.406f}).view({1, 3, 1, 1});
    const at::Tensor deviation = at::tensor({0.229f, 0.224f, 0.225f}).view({1, 3, 1, 1});
    at::Tensor x = ((images + 1) / 2 - mean) / deviation;
    x = norm_(stem_(x)).relu_();
    for (const ResidualBlock& block : blocks_) x = block(x);
    features.copy_(x.mean({2, 3}));
    logits.copy_(at::linear(features, classes_, classes_bias_));
  }

 private:
  static ResidualBlock read_block(const Weights& weights, const std::string& name,
                                  std::int64_t from, std::int64_t to) {
    return {{weights.tensor(name + ".conv1.weight", {to, from, 3, 3}), {}, to / from, 1},
            {weights.tensor(name + ".conv2.weight", {to, to, 3, 3}), {}, 1, 1},
            Normalisation::read(weights, name + ".bn1", to),
            Normalisation::read(weights, name + ".bn2", to)};
  }

  std::string hash_;
  Convolution stem_;
  Normalisation norm_;
  std::vector<ResidualBlock> blocks_;
  at::Tensor classes_, classes_bias_;
};

struct CifarResnet {
  std::string weights;

  void fields(OptionVisitor& v) { v.path("weights", weights, "safetensors file of the weights"); }
  std::unique_ptr<Extractor> build(const Registry&) const {
    return std::make_unique<ResidualNetwork>(Weights::read(weights));
  }
};

}  // namespace
}  // namespace strang

STRANG_FEATURES(cifar_resnet, CifarResnet,
                "64 mean activations of a CIFAR-10 ResNet (He et al. 2016, section 4.2), 32 x 32");
