// A small MNIST classifier: three valid 3 x 3 convolutions with ReLU (8, 16, 24 channels), batch
// normalisation, a hidden layer of 32 with ReLU, whose values are the features, and ten classes
// behind a second normalisation. Weights: the example of the framework burn (MIT or Apache-2.0).
// Distances in its features rank samplers of MNIST; they do not compare with any published FID.

#include <memory>

#include "core/plugin.h"
#include "models/features/weights.h"

namespace strang {
namespace {

constexpr std::int64_t side = 28, width = 32, digits = 10;

class MnistNetwork final : public Extractor {
 public:
  explicit MnistNetwork(const Weights& weights) : hash_(weights.hash()) {
    std::int64_t channels = 1;
    for (const std::int64_t next : {8, 16, 24}) {
      const std::string name = fmt::format("conv{}", convolutions_.size() + 1);
      convolutions_.push_back({weights.tensor(name + ".weight", {next, channels, 3, 3}),
                               weights.tensor(name + ".bias", {next})});
      channels = next;
    }
    norm1_ = Normalisation::read(weights, "norm1", channels);
    norm2_ = Normalisation::read(weights, "norm2", digits);
    const std::int64_t left = side - 2 * std::ssize(convolutions_);
    hidden_ = weights.tensor("fc1.weight", {width, channels * left * left});
    hidden_bias_ = weights.tensor("fc1.bias", {width});
    classes_ = weights.tensor("fc2.weight", {digits, width});
    classes_bias_ = weights.tensor("fc2.bias", {digits});
  }

  std::int64_t dimension(const std::vector<std::int64_t>& image) const override {
    require_image("mnist_cnn", image, {1, side, side});
    return width;
  }
  std::int64_t classes() const override { return digits; }
  std::string hash() const override { return hash_; }

  void extract(const at::Tensor& images, const at::Tensor& features,
               const at::Tensor& logits) const override {
    at::Tensor x = ((images + 1) / 2 - 0.1307) / 0.3081;
    for (const Convolution& convolution : convolutions_) x = convolution(x).relu_();
    x = norm1_(x).flatten(1);
    features.copy_(at::linear(x, hidden_, hidden_bias_).relu_());
    logits.copy_(norm2_(at::linear(features, classes_, classes_bias_)));
  }

 private:
  std::string hash_;
  std::vector<Convolution> convolutions_;
  Normalisation norm1_, norm2_;
  at::Tensor hidden_, hidden_bias_, classes_, classes_bias_;
};

struct MnistCnn {
  std::string weights;

  void fields(OptionVisitor& v) { v.path("weights", weights, "safetensors file of the weights"); }
  std::unique_ptr<Extractor> build(const Registry&) const {
    return std::make_unique<MnistNetwork>(Weights::read(weights));
  }
};

}  // namespace
}  // namespace strang

STRANG_FEATURES(mnist_cnn, MnistCnn, "32 hidden values of an MNIST classifier, 28 x 28 grey");
