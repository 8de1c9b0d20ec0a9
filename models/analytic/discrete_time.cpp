// A model seen as a network that was trained on integer times: at time t it answers with the noise
// prediction of `model` at time index / (count - 1), index = t (count - 1) rounded. The views of an
// evaluation are formed at t itself, as released code does; the difference is an error of the
// model, which this makes visible on exact models.

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/plugin.h"
#include "core/sampling/field.h"
#include "core/tensor.h"

namespace strang {
namespace {

class DiscreteTimeModel final : public Model {
 public:
  DiscreteTimeModel(std::unique_ptr<Model> model, std::int64_t count, bool truncate)
      : model_(std::move(model)), last_(static_cast<double>(count - 1)), truncate_(truncate) {}

  Prediction prediction() const override { return Prediction::noise; }
  std::vector<std::int64_t> event_shape() const override { return model_->event_shape(); }
  std::vector<double> class_weights() const override { return model_->class_weights(); }
  bool needs_labels() const override { return model_->needs_labels(); }
  int calls(const Process& process, double t) const override { return model_->calls(process, t); }
  void require_supports(const Process& process) const override {
    model_->require_supports(process);
    require(process.time().begin == 0 && process.time().end == 1,
            "model 'discrete_time' needs a process on [0, 1]; this one runs on [{}, {}]",
            process.time().begin, process.time().end);
  }

  void predict(const Query& query) const override {
    std::vector<double> times(query.times.begin(), query.times.end());
    for (double& t : times)
      t = (truncate_ ? std::trunc(t * last_) : std::nearbyint(t * last_)) / last_;
    Field(query.process, *model_)
        .evaluate(View::noise,
                  {query.process, times, query.input, query.output, query.rows, query.labels});
  }

 private:
  std::unique_ptr<Model> model_;
  double last_;
  bool truncate_;
};

struct DiscreteTime {
  config::Node model;
  std::int64_t count = 1000;
  std::string rounding = "truncate";

  void fields(OptionVisitor& v) {
    v.field("model", model, "the model that answers: {name: gaussian_mixture, ...}");
    v.field("count", count, "number of integer times").at_least(2);
    v.field("rounding", rounding, "of t (count - 1) to an index").one_of({"truncate", "nearest"});
  }

  std::unique_ptr<Model> build(const Registry& registry) const {
    require(!model.is_null(), "model.model is not set: give a model, such as {{name: gaussian}}");
    return std::make_unique<DiscreteTimeModel>(
        registry.models.build(model, "model.model", registry).object, count,
        rounding == "truncate");
  }
};

}  // namespace
}  // namespace strang

STRANG_MODEL(discrete_time, DiscreteTime, "a model asked at integer times only, as networks are");
