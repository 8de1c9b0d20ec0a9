// Images and labels in LeCun's idx format, plain or gzip (MNIST, Fashion-MNIST). Bytes b become b /
// 127.5 - 1.

#include "core/files/idx.h"

#include <filesystem>
#include <optional>
#include <string>

#include "core/plugin.h"
#include "core/sampling/samples.h"

namespace strang {
namespace {

// Reads a file and prefixes what goes wrong with the option that named it.
files::Idx read(const std::string& option, const std::string& path, int rank) {
  require(!path.empty(), "{}: no file is set; it is an idx file, plain or gz", option);
  require(std::filesystem::exists(path),
          "{}: there is no file '{}'; set it to an idx file, plain or gz", option, path);
  try {
    return files::read_idx(path, rank);
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", option, error.what()));
  }
}

class IdxDataset final : public Dataset {
 public:
  void fields(OptionVisitor& v) {
    v.path("images", images_, "idx file of images");
    v.path("labels", labels_, "idx file of labels; null: none");
    v.field("count", count_, "how many to take; null: all from offset on").at_least(1);
    v.field("offset", offset_, "the first one to take").at_least(0);
  }

  Samples load() const override {
    const files::Idx images = read("images", images_, 3);
    const std::int64_t available = images.shape[0];
    require(offset_ < available, "offset: is {}, but {} holds {} images", offset_, images_,
            available);
    const std::int64_t count = count_.value_or(available - offset_);
    require(offset_ + count <= available,
            "count: {} images from {} on were asked for, but {} holds {}", count, offset_, images_,
            available);
    Samples samples;
    samples.values = bytes(images)
                         .narrow(0, offset_, count)
                         .to(at::kDouble)
                         .div_(127.5)
                         .sub_(1)
                         .to(at::kFloat)
                         .unsqueeze(1);
    if (labels_.empty()) return samples;
    const files::Idx labels = read("labels", labels_, 1);
    require(labels.shape[0] == available, "labels: {} holds {} labels, but {} holds {} images",
            labels_, labels.shape[0], images_, available);
    samples.labels = bytes(labels).narrow(0, offset_, count).to(at::kLong);
    return samples;
  }

 private:
  // A view of the file's bytes, which must outlive it.
  static at::Tensor bytes(const files::Idx& idx) {
    return at::from_blob(const_cast<files::Bytes::value_type*>(idx.bytes.data()), idx.shape,
                         at::kByte);
  }

  std::string images_, labels_;
  std::optional<std::int64_t> count_;
  std::int64_t offset_ = 0;
};

}  // namespace
}  // namespace strang

STRANG_DATASET(idx, IdxDataset, "images and labels in idx files (MNIST)");
