// The exact denoiser of a finite dataset (the formulas, costs and errors: dataset_denoiser.h). Its
// samples at zero noise are the data themselves, so that what an integrator does wrong shows in
// images.

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/plugin.h"
#include "core/sampling/samples.h"
#include "core/tensor.h"
#include "models/analytic/by_class.h"
#include "models/analytic/dataset_denoiser.h"

namespace strang {
namespace {

struct DatasetModel {
  config::Node data;
  std::optional<std::int64_t> samples;
  std::int64_t chunk = 2048;
  bool conditional = false;

  void fields(OptionVisitor& v) {
    v.field("data", data, "the dataset: {name: idx, images: ...}, {name: procedural, ...}");
    v.field("samples", samples, "how many of its first samples to take; null: all").at_least(1);
    v.field("chunk", chunk, "samples to one matrix product").in(16, 1 << 20);
    v.field("conditional", conditional,
            "answer labelled samples from the data of their label; keeps the points twice");
  }

  std::unique_ptr<Model> build(const Registry& registry) const {
    require(!data.is_null(),
            "model.data is not set: give a dataset, such as {{name: idx, images: FILE}}");
    const std::unique_ptr<Dataset> dataset =
        registry.datasets.build(data, "model.data", registry).object;
    const Samples all = load(*dataset);
    const std::int64_t count = samples.value_or(all.values.size(0));
    require(count <= all.values.size(0), "model.samples is {}, but model.data holds {}", count,
            all.values.size(0));
    const at::Tensor points = all.values.narrow(0, 0, count);
    auto whole = std::make_unique<DatasetDenoiser>(points, chunk);
    if (!conditional) return whole;
    require(all.labels.defined(),
            "model.conditional needs labels, and model.data has none: set model.data.labels");
    return by_label(std::move(whole), points, all.labels.narrow(0, 0, count));
  }

 private:
  std::unique_ptr<Model> by_label(std::unique_ptr<Model> whole, const at::Tensor& points,
                                  const at::Tensor& labels) const {
    std::vector<ByClass::Class> classes;
    const std::int64_t last = labels.max().item<std::int64_t>();
    for (std::int64_t label = 0; label <= last; ++label) {
      const at::Tensor rows = at::nonzero(labels == label).flatten();
      require(rows.size(0) > 0, "model.data: label {} of 0 to {} has no sample", label, last);
      classes.push_back({static_cast<double>(rows.size(0)),
                         std::make_unique<DatasetDenoiser>(points.index_select(0, rows), chunk)});
    }
    return std::make_unique<ByClass>(std::move(whole), std::move(classes));
  }

  // A dataset's messages start with its option: this puts the place of the dataset before it.
  static Samples load(const Dataset& dataset) {
    try {
      return dataset.load();
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("model.data.{}", error.what()));
    }
  }
};

}  // namespace
}  // namespace strang

STRANG_MODEL(dataset, DatasetModel, "exact denoiser of a finite dataset");
