#include "models/features/weights.h"

#include <filesystem>
#include <utility>

#include "core/error.h"

namespace strang {

Weights Weights::read(const std::string& path) {
  constexpr const char* remedy = "set it to a safetensors file (docs/features.md)";
  require(!path.empty(), "features.extractor.weights: no file is set; {}", remedy);
  require(std::filesystem::exists(path), "features.extractor.weights: there is no file '{}'; {}",
          path, remedy);
  return Weights(files::Safetensors::read(path));
}

at::Tensor Weights::tensor(const std::string& name, const std::vector<std::int64_t>& shape) const {
  at::Tensor found = file_.tensor(name, shape);
  require(found.scalar_type() == at::kFloat, "{}: {}: element type {}, expected float32",
          file_.where(), name, c10::toString(found.scalar_type()));
  require(at::isfinite(found).all().item<bool>(), "{}: {}: holds values that are not finite",
          file_.where(), name);
  return found;
}

at::Tensor Convolution::operator()(const at::Tensor& x) const {
  const std::int64_t s[] = {stride, stride}, p[] = {padding, padding};
  return at::conv2d(x, weight, bias, s, p);
}

Normalisation Normalisation::read(const Weights& weights, const std::string& name,
                                  std::int64_t channels) {
  const auto part = [&](const char* suffix) {
    return weights.tensor(name + suffix, {channels}).to(at::kDouble);
  };
  const at::Tensor scale = part(".weight") / (part(".running_var") + 1e-5).sqrt();
  const at::Tensor shift = part(".bias") - part(".running_mean") * scale;
  return {scale.to(at::kFloat), shift.to(at::kFloat)};
}

at::Tensor Normalisation::operator()(const at::Tensor& x) const {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
  shape[1] = scale.size(0);
  return at::addcmul(shift.view(shape), x, scale.view(shape));
}

void require_image(const std::string& extractor, const std::vector<std::int64_t>& image,
                   const std::vector<std::int64_t>& expected) {
  bool fits = image.size() == expected.size();
  for (std::size_t i = 0; fits && i < image.size(); ++i)
    fits = expected[i] == -1 || image[i] == expected[i];
  const auto shown = [](const std::vector<std::int64_t>& shape) {
    std::vector<std::string> texts;
    for (const std::int64_t length : shape)
      texts.push_back(length < 0 ? "any" : std::to_string(length));
    return fmt::format("[{}]", fmt::join(texts, ", "));
  };
  require(fits,
          "features: extractor '{}' takes images [channel, row, column] of shape {}, found {} "
          "(features.protocol.resize and .colour convert)",
          extractor, shown(expected), shown(image));
}

}  // namespace strang
