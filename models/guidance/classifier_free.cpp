// Classifier-free guidance (Ho & Salimans 2022, eq. 6): the conditional prediction c of a model and
// its unconditional one u give
// u + s (c - u) with `convention: scale` (Stable Diffusion's scale; s = 1 is the conditional
// model), (1 + w) c - w u with `convention: weight` (the paper's w; w = 0 is), so s = 1 + w. Views
// are affine in a network's output with equal coefficients for both calls, so guiding the output
// guides every view. Within `interval` alone (Kynkaanniemi et al. 2024) or at all times. Costs two
// network calls where it guides and one elsewhere (and at s = 1); NFE counts it as one evaluation,
// `guidance_evaluations` the further calls.

#include <memory>
#include <string>
#include <vector>

#include "core/plugin.h"
#include "core/program/kernels.h"
#include "core/tensor.h"

namespace strang {
namespace {

class ClassifierFreeModel final : public Model {
 public:
  ClassifierFreeModel(std::unique_ptr<Model> model, double scale, std::vector<double> interval)
      : model_(std::move(model)), scale_(scale), interval_(std::move(interval)) {}

  Prediction prediction() const override { return model_->prediction(); }
  bool runs_on(at::DeviceType device) const override { return model_->runs_on(device); }
  std::vector<std::int64_t> event_shape() const override { return model_->event_shape(); }
  at::ScalarType output_type(at::ScalarType state) const override {
    return model_->output_type(state);
  }
  double sigma_data() const override { return model_->sigma_data(); }
  ViewForm score_form(const Process& process, double t) const override {
    return model_->score_form(process, t);
  }
  std::vector<double> class_weights() const override { return model_->class_weights(); }
  bool needs_labels() const override { return true; }
  int calls(const Process& process, double t) const override {
    return model_->calls(process, t) * (scale_ != 1 && guides(t) ? 2 : 1);
  }
  void require_supports(const Process& process) const override {
    model_->require_supports(process);
  }

  void predict(const Query& query) const override {
    model_->predict(query);
    bool any = false;
    for (const double t : query.times) any = any || guides(t);
    if (!any || scale_ == 1) return;
    const at::Tensor unconditional = at::empty_like(query.output);
    model_->predict({query.process, query.times, query.input, unconditional, query.rows});
    mix(query, unconditional);
  }

 private:
  bool guides(double t) const {
    return interval_.empty() || (t >= interval_[0] && t <= interval_[1]);
  }

  // output = s output + (1 - s) unconditional, with s = 1 in rows that are not guided.
  void mix(const Query& query, const at::Tensor& unconditional) const {
    const at::Tensor& out = query.output;
    const std::int64_t rows = out.size(0);
    at::Tensor factors = at::empty({2, rows}, at::kDouble);
    double* factor = factors.mutable_data_ptr<double>();
    for (std::int64_t row = 0; row < rows; ++row) {
      factor[row] = guides(query.time(row)) ? scale_ : 1;
      factor[rows + row] = 1 - factor[row];
    }
    factors = factors.to(out.device());
    const Real type = real_of(out.scalar_type());
    const Extent extent = extent_of(out);
    const Block one = Block::identity(static_cast<int>(extent.slots));
    const double* on_device = factors.const_data_ptr<double>();
    const std::vector<Operand> operands = {
        {out.const_data_ptr(), type, one, on_device},
        {unconditional.const_data_ptr(), type, one, on_device + rows}};
    kernels_on(out.device().type()).combine(extent, operands, out.mutable_data_ptr(), type, {});
  }

  std::unique_ptr<Model> model_;
  double scale_;
  std::vector<double> interval_;
};

struct ClassifierFree {
  config::Node model;
  double scale = 1;
  std::string convention = "scale";
  std::vector<double> interval;

  void fields(OptionVisitor& v) {
    v.field("model", model, "the conditional model: {name: gaussian_mixture, classes: [...], ...}");
    v.field("scale", scale, "guidance scale s, or weight w = s - 1");
    v.field("convention", convention, "scale: u + s (c - u); weight: (1 + w) c - w u")
        .one_of({"scale", "weight"});
    v.field("interval", interval,
            "[from, to] in process time, where guidance acts; []: everywhere");
  }

  std::unique_ptr<Model> build(const Registry& registry) const {
    require(!model.is_null(),
            "model.model is not set: give a conditional model, such as gaussian_mixture with "
            "'classes' or torchscript with 'labels'");
    require(interval.empty() || (interval.size() == 2 && interval[0] <= interval[1]),
            "model.interval is [{}]: it must be [] or [from, to] with from <= to",
            fmt::join(interval, ", "));
    auto inner = registry.models.build(model, "model.model", registry).object;
    require(!inner->class_weights().empty(),
            "model.model tells no classes apart: classifier-free guidance needs a conditional "
            "model (gaussian_mixture with 'classes', dataset with 'conditional', torchscript with "
            "'labels')");
    return std::make_unique<ClassifierFreeModel>(
        std::move(inner), convention == "weight" ? 1 + scale : scale, interval);
  }
};

}  // namespace
}  // namespace strang

STRANG_MODEL(classifier_free, ClassifierFree,
             "classifier-free guidance of a conditional model (Ho & Salimans 2022, eq. 6)");
