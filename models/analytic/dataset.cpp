// The exact denoiser of a finite dataset (the formulas, costs and errors: dataset_denoiser.h). Its
// samples at zero noise are the data themselves, so that what an integrator does wrong shows in
// images.

#include <memory>
#include <optional>

#include "core/plugin.h"
#include "core/sampling/samples.h"
#include "core/tensor.h"
#include "models/analytic/dataset_denoiser.h"

namespace strang {
namespace {

struct DatasetModel {
  config::Node data;
  std::optional<std::int64_t> samples;
  std::int64_t chunk = 2048;

  void fields(OptionVisitor& v) {
    v.field("data", data, "the dataset: {name: idx, images: ...}, {name: procedural, ...}");
    v.field("samples", samples, "how many of its first samples to take; null: all").at_least(1);
    v.field("chunk", chunk, "samples to one matrix product").in(16, 1 << 20);
  }

  std::unique_ptr<Model> build(const Registry& registry) const {
    require(!data.is_null(),
            "model.data is not set: give a dataset, such as {{name: idx, images: FILE}}");
    const std::unique_ptr<Dataset> dataset =
        registry.datasets.build(data, "model.data", registry).object;
    at::Tensor points = load(*dataset);
    const std::int64_t count = samples.value_or(points.size(0));
    require(count <= points.size(0), "model.samples is {}, but model.data holds {}", count,
            points.size(0));
    return std::make_unique<DatasetDenoiser>(points.narrow(0, 0, count), chunk);
  }

 private:
  // A dataset's messages start with its option: this puts the place of the dataset before it.
  static at::Tensor load(const Dataset& dataset) {
    try {
      return dataset.load().values;
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("model.data.{}", error.what()));
    }
  }
};

}  // namespace
}  // namespace strang

STRANG_MODEL(dataset, DatasetModel, "exact denoiser of a finite dataset");
