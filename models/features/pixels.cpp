// The pixels themselves, in the order channel, row, column: distances between the second moments of
// images. For two slots or no images as well: any event shape, flattened.

#include "core/hash.h"
#include "core/plugin.h"
#include "core/tensor.h"

namespace strang {
namespace {

class Pixels final : public Extractor {
 public:
  void fields(OptionVisitor&) {}

  std::int64_t dimension(const std::vector<std::int64_t>& image) const override {
    std::int64_t count = 1;
    for (const std::int64_t length : image) count *= length;
    return count;
  }
  std::string hash() const override { return sha256_hex("pixels"); }

  void extract(const at::Tensor& images, const at::Tensor& features,
               const at::Tensor&) const override {
    features.copy_(images.flatten(1));
  }
};

}  // namespace
}  // namespace strang

STRANG_FEATURES(pixels, Pixels, "the pixels themselves, flattened");
