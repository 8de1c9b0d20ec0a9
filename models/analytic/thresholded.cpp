// A model whose data predictions are kept in the range of the data: the non-linear treatment that
// samplers of images in pixel space often add. Every view is formed from the treated prediction,
// the noise view too.
//   static   clamp(D, -limit, limit)
//   dynamic  s = max(quantile of |D| over the sample, limit); clamp(D, -s, s) / s (Saharia et al.
//            2022, section 2.3; Lu et al. 2022b, appendix), in [-1, 1]

#include <memory>
#include <string>
#include <vector>

#include "core/plugin.h"
#include "core/sampling/field.h"
#include "core/tensor.h"

namespace strang {
namespace {

class ThresholdedModel final : public Model {
 public:
  ThresholdedModel(std::unique_ptr<Model> model, bool dynamic, double limit, double quantile)
      : model_(std::move(model)), dynamic_(dynamic), limit_(limit), quantile_(quantile) {}

  Prediction prediction() const override { return Prediction::data; }
  std::vector<std::int64_t> event_shape() const override { return model_->event_shape(); }
  std::vector<double> class_weights() const override { return model_->class_weights(); }
  bool needs_labels() const override { return model_->needs_labels(); }
  int calls(const Process& process, double t) const override { return model_->calls(process, t); }
  void require_supports(const Process& process) const override {
    model_->require_supports(process);
  }

  void predict(const Query& query) const override {
    Field(query.process, *model_)
        .evaluate(View::data, {query.process, query.times, query.input, query.output, query.rows,
                               query.labels});
    at::Tensor data = query.output.select(1, 0);
    if (!dynamic_) {
      data.clamp_(-limit_, limit_);
      return;
    }
    const at::Tensor rows = data.flatten(1);
    const at::Tensor bound =
        at::quantile(rows.abs(), quantile_, 1, /*keepdim=*/true).clamp_min(limit_);
    data.copy_((at::minimum(at::maximum(rows, -bound), bound) / bound).view_as(data));
  }

 private:
  std::unique_ptr<Model> model_;
  bool dynamic_;
  double limit_, quantile_;
};

struct Thresholded {
  config::Node model;
  std::string kind = "dynamic";
  double limit = 1;
  double quantile = 0.995;

  void fields(OptionVisitor& v) {
    v.field("model", model, "the model that predicts: {name: dataset, ...}");
    v.field("kind", kind, "how predictions are treated").one_of({"static", "dynamic"});
    v.field("limit", limit, "static: largest absolute value; dynamic: the smallest bound").above(0);
    v.field("quantile", quantile, "of a sample's absolute values; dynamic alone").in(0, 1);
  }

  std::unique_ptr<Model> build(const Registry& registry) const {
    require(!model.is_null(), "model.model is not set: give a model, such as {{name: gaussian}}");
    return std::make_unique<ThresholdedModel>(
        registry.models.build(model, "model.model", registry).object, kind == "dynamic", limit,
        quantile);
  }
};

}  // namespace
}  // namespace strang

STRANG_MODEL(thresholded, Thresholded,
             "a model whose data predictions are clipped, statically or dynamically");
