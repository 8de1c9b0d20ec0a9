// A model seen as a network that was trained to perfection in some parametrisation,
//   score = c_skip u + c_out F(c_in u; c_noise(t))
// (Pandey et al. 2024, section 3; Karras et al. 2022, eq. 7; the mixed score of Dockhorn et al.
// 2022, section 3.3). The network's side undoes c_in and c_noise, so
// a run agrees with that of `model` itself to rounding where the sampler uses the score; a
// conjugate step with integrator.form=output keeps F constant and depends on the parametrisation.
// network_type: float32 rounds the network's input, time and output, as released code does.
//
// Networks with half outputs (a slot without noise of its own: cld, or psld with gamma = 0) give
// the score of one slot; the other's is zero. Then only score and velocity exist.

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/plugin.h"
#include "core/sampling/field.h"
#include "core/tensor.h"
#include "models/parametrisation.h"

namespace strang {
namespace {

// sum = a x, or sum += a x: float64 [rows, slot, event...]; `blocks` holds one for all rows or one
// for each.
void multiply(const std::vector<Block>& blocks, const at::Tensor& x, bool add, at::Tensor& sum) {
  const std::int64_t rows = x.size(0), slots = x.size(1);
  const std::int64_t n = rows == 0 ? 0 : x.numel() / rows / slots;
  const double* from = x.const_data_ptr<double>();
  double* to = sum.mutable_data_ptr<double>();
  for (std::int64_t row = 0; row < rows; ++row, from += slots * n, to += slots * n) {
    const Block& block = blocks[blocks.size() == 1 ? 0 : row];
    for (int r = 0; r < slots; ++r)
      for (std::int64_t i = 0; i < n; ++i) {
        double value = add ? to[r * n + i] : 0;
        for (int k = 0; k < slots; ++k) value += block(r, k) * from[k * n + i];
        to[r * n + i] = value;
      }
  }
}

at::Tensor product(const std::vector<Block>& blocks, const at::Tensor& x) {
  at::Tensor result = at::empty_like(x);
  multiply(blocks, x, false, result);
  return result;
}

Block inverse_output(const Block& out, std::optional<int> half) {
  if (!half) return out.inverse();
  Block inverse = Block::zero(out.slots());
  inverse(*half, *half) = 1 / out(*half, *half);
  return inverse;
}

class ParametrisedModel final : public Model {
 public:
  ParametrisedModel(std::unique_ptr<Model> model, Parametrisation parametrisation, bool single)
      : model_(std::move(model)), parametrisation_(std::move(parametrisation)), single_(single) {}

  Prediction prediction() const override { return Prediction::form; }
  std::vector<std::int64_t> event_shape() const override { return model_->event_shape(); }
  at::ScalarType output_type(at::ScalarType state) const override {
    return single_ ? at::kFloat : state;
  }
  std::vector<double> class_weights() const override { return model_->class_weights(); }
  bool needs_labels() const override { return model_->needs_labels(); }
  int calls(const Process& process, double t) const override { return model_->calls(process, t); }
  void require_supports(const Process& process) const override {
    model_->require_supports(process);
    parametrisation_.require_supports(process);
  }
  bool visit_law(const ComponentVisitor& visit) const override { return model_->visit_law(visit); }

  ViewForm score_form(const Process& process, double t) const override {
    const Preconditioning c = parametrisation_.rounded_at(process, t);
    if (c.skip.is_finite() && c.out.is_finite()) return {c.skip, c.out, {}};
    return {{}, {}, fmt::format("the model's c_skip and c_out are not finite at t = {:g}", t)};
  }

  // What a network with these coefficients is given, and its answer.
  void predict(const Query& query) const override {
    std::vector<Block> in;
    std::vector<double> network_times;
    for (const double t : query.times) {
      const Preconditioning c = parametrisation_.at(query.process, t);
      in.push_back(c.in);
      network_times.push_back(single_ ? static_cast<float>(c.network_time) : c.network_time);
    }
    const at::Tensor input = product(in, query.input.to(at::kDouble));
    query.output.copy_(
        answer(query, single_ ? input.to(at::kFloat).to(at::kDouble) : input, network_times));
  }

 private:
  // The perfect network: F = c_out^-1 (score - c_skip u).
  at::Tensor answer(const Query& query, const at::Tensor& input,
                    const std::vector<double>& network_times) const {
    std::vector<double> times;
    std::vector<Block> undo, skip, out;
    for (const double network_time : network_times) {
      const double t = time_of(query.process, network_time);
      const Preconditioning c = parametrisation_.at(query.process, t);
      times.push_back(t);
      undo.push_back(c.in.inverse());
      out.push_back(inverse_output(c.out, parametrisation_.half(query.process, t)));
      skip.push_back(-(out.back() * c.skip));
    }
    const at::Tensor u = product(undo, input);
    const at::Tensor score = at::empty_like(u);
    Field(query.process, *model_)
        .evaluate(View::score, {query.process, times, u, score, query.rows, query.labels});
    at::Tensor output = product(out, score);
    multiply(skip, u, true, output);
    return output;
  }

  // The time with this c_noise, by bisection down to neighbouring numbers.
  double time_of(const Process& process, double network_time) const {
    double low = process.time().begin, high = process.time().end;
    const auto noise = [&](double t) { return parametrisation_.network_time(process, t); };
    if (network_time >= low && network_time <= high && noise(network_time) == network_time)
      return network_time;
    if (network_time >= noise(high)) return high;
    while (true) {
      const double middle = low + 0.5 * (high - low);
      if (middle <= low || middle >= high) return high;
      (noise(middle) < network_time ? low : high) = middle;
    }
  }

  std::unique_ptr<Model> model_;
  Parametrisation parametrisation_;
  bool single_;
};

struct Parametrised {
  config::Node model;
  std::string network_type = "state";
  Parametrisation::Options parametrisation;

  void fields(OptionVisitor& v) {
    v.field("model", model, "the model that answers: {name: gaussian_mixture, ...}");
    v.field("network_type", network_type,
            "what the network's input, time and output are rounded to")
        .one_of({"state", "float32"});
    parametrisation.fields(v);
  }

  std::unique_ptr<Model> build(const Registry& registry) const {
    require(!model.is_null(), "model.model is not set: give a model, such as {{name: gaussian}}");
    return std::make_unique<ParametrisedModel>(
        registry.models.build(model, "model.model", registry).object,
        Parametrisation(parametrisation), network_type == "float32");
  }
};

}  // namespace
}  // namespace strang

STRANG_MODEL(parametrised, Parametrised,
             "a model that speaks as a network of some parametrisation");
