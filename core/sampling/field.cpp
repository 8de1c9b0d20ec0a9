#include "core/sampling/field.h"

#include <cmath>
#include <vector>

#include "core/error.h"
#include "core/program/kernels.h"
#include "core/tensor.h"

namespace strang {
namespace {

// Everything about the process at one time that the views need. A factor that does not exist stays
// absent.
struct Kernel {
  Kernel(const Process& process, double t)
      : t(t),
        mean(process.mean(t)),
        mean_rate(process.mean_rate(t)),
        root(process.root(t)),
        noise_rate(process.noise_rate(t)),
        covariance(process.covariance(t)) {}

  bool has_noise() const { return root.is_finite() && determinant_is_positive(root); }
  bool has_data() const { return mean.is_finite() && determinant_is_positive(mean); }
  int slots() const { return mean.slots(); }

  double t;
  Block mean, mean_rate, root, noise_rate, covariance;

 private:
  static bool determinant_is_positive(const Block& block) {
    for (int i = 0; i < block.slots(); ++i)
      if (block(i, i) == 0) return false;
    return true;
  }
};

ViewForm none_because(std::string reason) { return {{}, {}, std::move(reason)}; }

ViewForm no_noise(const Kernel& k) {
  return none_because(
      fmt::format("the noise level is zero at t = {:g}: a {} view does not exist there", k.t,
                  "noise or score"));
}

ViewForm no_data(const Kernel& k) {
  return none_because(fmt::format(
      "the signal is zero at t = {:g}: the data view does not exist there for this model", k.t));
}

// data -> noise: L^T K^-1 (u - E data). (L^-1 when K = L L^T; K stays exact when networks were
// trained with an L that holds a small extra variance.)
ViewForm noise_from_data(const Kernel& k) {
  if (!k.has_noise()) return no_noise(k);
  const Block m = k.root.transpose() * k.covariance.inverse();
  return {m, -(m * k.mean), {}};
}

// Puts a linear form of data into noise_from_data.
ViewForm substitute(const ViewForm& outer, const ViewForm& data) {
  if (!outer.undefined.empty()) return outer;
  return {outer.input + outer.output * data.input, outer.output * data.output, {}};
}

ViewForm score_from_noise(const Kernel& k, const ViewForm& noise) {
  if (!noise.undefined.empty()) return noise;
  if (!k.has_noise()) return no_noise(k);
  const Block m = -k.root.transpose().inverse();
  return {m * noise.input, m * noise.output, {}};
}

ViewForm data_from_noise(const Kernel& k, const ViewForm& noise) {
  if (!noise.undefined.empty()) return noise;
  if (!k.has_data()) return no_data(k);
  const Block inverse = k.mean.inverse();
  const Block m = -(inverse * k.root);
  return {inverse + m * noise.input, m * noise.output, {}};
}

bool has_zero_row(const Block& block) {
  for (int row = 0; row < block.slots(); ++row) {
    bool zero = true;
    for (int column = 0; column < block.slots(); ++column) zero = zero && block(row, column) == 0;
    if (zero) return true;
  }
  return false;
}

// score -> noise: -L^T score. A network with half outputs knows the score of one slot alone.
ViewForm noise_from_score(const Kernel& k, const ViewForm& score) {
  if (!score.undefined.empty()) return score;
  if (has_zero_row(score.output))
    return none_because(
        "the model gives the score of one slot alone: its noise and data views do not exist, only "
        "score and velocity (a conjugate step needs integrator.form=output)");
  const Block m = -k.root.transpose();
  return {m * score.input, m * score.output, {}};
}

// One slot: E' data + N noise, finite at both ends. Two slots: F u - G G^T score / 2.
ViewForm velocity(const Process& process, const Kernel& k, const Views& views) {
  if (k.slots() == 1) {
    if (!views.data.undefined.empty()) return views.data;
    if (!views.noise.undefined.empty()) return views.noise;
    return {k.mean_rate * views.data.input + k.noise_rate * views.noise.input,
            k.mean_rate * views.data.output + k.noise_rate * views.noise.output,
            {}};
  }
  if (!views.score.undefined.empty()) return views.score;
  const Block g = process.diffusion(k.t);
  const Block half = -0.5 * (g * g.transpose());
  return {process.drift(k.t) + half * views.score.input, half * views.score.output, {}};
}

// (data, noise) of a one-slot model whose output is v, the velocity or EDM's F.
Views position_views(const Kernel& k, Prediction prediction, double sigma_data) {
  const double a = k.mean.value(), s = k.root.value();
  Views views;
  if (prediction == Prediction::v) {
    const double total = a * a + s * s;
    views.data = {a / total, -s / total, {}};
    views.noise = {s / total, a / total, {}};
  } else if (prediction == Prediction::velocity) {
    const double a_rate = k.mean_rate.value(), s_rate = k.noise_rate.value();
    const double determinant = a * s_rate - s * a_rate;
    views.data = {s_rate / determinant, -s / determinant, {}};
    views.noise = {-a_rate / determinant, a / determinant, {}};
  } else {
    if (!k.has_data()) return {no_data(k), no_data(k), no_data(k), no_data(k)};
    const double level = s / a;
    const double total = level * level + sigma_data * sigma_data;
    views.data = {sigma_data * sigma_data / total / a, level * sigma_data / std::sqrt(total), {}};
    views.noise = substitute(noise_from_data(k), views.data);
  }
  return views;
}

}  // namespace

Field::Field(const Process& process, const Model& model, const Labels* labels)
    : process_(&process), model_(&model), labels_(labels) {
  model.require_supports(process);
  const Prediction p = model.prediction();
  const bool one_slot_only =
      p == Prediction::v || p == Prediction::velocity || p == Prediction::edm_f;
  require(
      process.slots() == 1 || !one_slot_only,
      "a model that predicts v, velocity or edm_f needs a process on positions alone; this one has "
      "{} slots (data, noise and score work)",
      process.slots());
}

Views Field::views(double t) const {
  const Kernel k(*process_, t);
  const Block zero = Block::zero(k.slots()), one = Block::identity(k.slots());
  const ViewForm output{zero, one, {}};
  const Prediction p = model_->prediction();
  Views views;
  switch (p) {
    case Prediction::data:
      views.data = output;
      views.noise = noise_from_data(k);
      break;
    case Prediction::noise:
      views.noise = output;
      views.data = data_from_noise(k, output);
      break;
    case Prediction::score:
    case Prediction::form:
      views.score = p == Prediction::form ? model_->score_form(*process_, t) : output;
      views.noise = noise_from_score(k, views.score);
      views.data = data_from_noise(k, views.noise);
      break;
    default:
      views = position_views(k, p, model_->sigma_data());
  }
  if (p != Prediction::score && p != Prediction::form)
    views.score = score_from_noise(k, views.noise);
  views.velocity = p == Prediction::velocity ? output : velocity(*process_, k, views);
  return views;
}

at::ScalarType Field::output_type(const Evaluate& op, at::ScalarType state) const {
  return op.view == View::output ? model_->output_type(state) : state;
}

namespace {

const ViewForm& form_of(const Views& views, View view) {
  switch (view) {
    case View::data:
      return views.data;
    case View::noise:
      return views.noise;
    case View::score:
      return views.score;
    default:
      return views.velocity;
  }
}

}  // namespace

void Field::evaluate(const Evaluate& op, std::span<const double> times, const at::Tensor& in,
                     const at::Tensor& out, Rows rows) const {
  std::vector<std::int64_t> labels;
  if (labels_ != nullptr) {
    labels.resize(static_cast<std::size_t>(in.size(0)));
    for (std::int64_t row = 0; row < rows.valid; ++row) labels[row] = labels_->of(rows.first + row);
  }
  evaluate(op.view, {*process_, times, in, out, rows, labels});
}

void Field::evaluate(View view, const Query& query) const {
  if (view == View::output) {
    model_->predict(query);
    return;
  }
  const at::Tensor& out = query.output;
  const at::ScalarType type = model_->output_type(query.input.scalar_type());
  const at::Tensor raw = type == out.scalar_type() ? out : at::empty_like(out, type);
  model_->predict({*process_, query.times, query.input, raw, query.rows, query.labels});
  combine_rows(view, query, raw);
}

// Coefficients differ from row to row: an operand for each entry of the two blocks.
void Field::combine_rows(View view, const Query& query, const at::Tensor& raw) const {
  const at::Tensor &in = query.input, &out = query.output;
  const Extent extent = extent_of(in);
  const int slots = static_cast<int>(extent.slots), size = slots * slots;
  const at::Tensor entries = at::empty({2 * size, extent.rows}, at::kDouble);
  double* entry = entries.mutable_data_ptr<double>();
  for (std::int64_t row = 0; row < extent.rows; ++row) {
    const Views at_row = views(query.time(row));
    const ViewForm& form = form_of(at_row, view);
    require(form.undefined.empty(), "{}", form.undefined);
    for (int k = 0; k < size; ++k) {
      entry[k * extent.rows + row] = form.input(k / slots, k % slots);
      entry[(size + k) * extent.rows + row] = form.output(k / slots, k % slots);
    }
  }
  const at::Tensor factors = entries.to(in.device());
  std::vector<Operand> operands;
  for (int k = 0; k < 2 * size; ++k) {
    const at::Tensor& from = k < size ? in : raw;
    Block one = Block::zero(slots);
    one(k % size / slots, k % slots) = 1;
    operands.push_back({from.const_data_ptr(), real_of(from.scalar_type()), one,
                        factors.const_data_ptr<double>() + k * extent.rows});
  }
  kernels_on(in.device().type())
      .combine(extent, operands, out.mutable_data_ptr(), real_of(out.scalar_type()), {});
}

}  // namespace strang
