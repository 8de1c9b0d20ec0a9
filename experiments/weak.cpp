#include "experiments/weak.h"

#include <cmath>
#include <span>

#include "analysis/statistics.h"
#include "analysis/test_functions.h"
#include "core/error.h"
#include "core/store/tensors.h"
#include "experiments/law_moments.h"

namespace strang {
namespace {

// Labelled samples have another law.
bool knows_law(const Experiment& e) {
  return e.labels == nullptr && e.model->visit_law([](const GaussianComponent&) {});
}

// Coordinates of one slot of states [sample, slot, event...], float64 [sample, d].
at::Tensor coordinates(const at::Tensor& states, int slot) {
  return states.select(1, slot).to(at::kDouble).flatten(1).contiguous();
}

// f of the positions of every sample.
at::Tensor evaluate(const analysis::TestFunction& f, const at::Tensor& states) {
  const at::Tensor positions = coordinates(states, 0);
  const std::int64_t n = positions.size(0), d = positions.size(1);
  at::Tensor values = at::empty({n}, at::kDouble);
  double* out = values.mutable_data_ptr<double>();
  for (std::int64_t i = 0; i < n; ++i)
    *out++ = f.value({positions.const_data_ptr<double>() + i * d, static_cast<std::size_t>(d)});
  return values;
}

// A slot at time t is scale data + noise n: a marginal of the process.
struct Marginal {
  Marginal(const Experiment& e, int slot) {
    const double t = e.grid->times().back();
    scale = e.process->mean(t)(slot, 0);
    noise = std::sqrt(e.process->covariance(t)(slot, slot));
  }
  double scale, noise;
};

double exact_value(const analysis::TestFunction& f, const Experiment& e) {
  const Marginal marginal(e, 0);
  return analysis::expectation(
      f, [&](const ComponentVisitor& visit) { e.model->visit_law(visit); }, marginal.scale,
      marginal.noise);
}

// The covariance of a marginal, [d, d].
at::Tensor exact_covariance(const Experiment& e, int slot) {
  const at::Tensor covariance = moments_of_law(*e.model).covariance;
  const Marginal marginal(e, slot);
  return marginal.scale * marginal.scale * covariance +
         marginal.noise * marginal.noise * at::eye(covariance.size(0), at::kDouble);
}

// The entry of a covariance matrix that is furthest from what it is compared with: the products of
// its two centred coordinates, whose mean it is.
struct WorstEntry {
  std::int64_t row, column;

  at::Tensor products(const at::Tensor& x) const {
    const at::Tensor centred = x - x.mean(0, true);
    return centred.select(1, row) * centred.select(1, column);
  }
};

at::Tensor covariance_of(const at::Tensor& x) {
  const at::Tensor centred = x - x.mean(0, true);
  return at::matmul(centred.t(), centred) / centred.size(0);
}

WorstEntry worst_entry(const at::Tensor& x, const at::Tensor& expected) {
  const std::int64_t at = (covariance_of(x) - expected).abs().argmax().item<std::int64_t>();
  return {at / x.size(1), at % x.size(1)};
}

struct MeanAndError {
  std::vector<double> mean, standard_error;
};

// Over the last axis; the standard error of the mean of independent samples.
MeanAndError summarize_rows(const at::Tensor& values) {
  MeanAndError result;
  const double n = static_cast<double>(values.size(1));
  for (std::int64_t k = 0; k < values.size(0); ++k) {
    const at::Tensor row = values[k].contiguous();
    const std::span<const double> span(row.const_data_ptr<double>(), row.numel());
    const double mean = analysis::mean(span);
    double sum = 0;
    for (const double v : span) sum += (v - mean) * (v - mean);
    result.mean.push_back(mean);
    result.standard_error.push_back(std::sqrt(sum / (n - 1) / n));
  }
  return result;
}

std::vector<std::uint8_t> below_noise(const std::vector<double>& error,
                                      const std::vector<double>& standard_error) {
  std::vector<std::uint8_t> flags;
  for (std::size_t i = 0; i < error.size(); ++i)
    flags.push_back(std::abs(error[i]) < 2 * standard_error[i] ? 1 : 0);
  return flags;
}

}  // namespace

void require_weak(const Experiment& e, bool measured) {
  if (e.spec.weak.empty()) return;
  require(knows_law(e) || measured,
          "'errors.weak' needs an exact model (gaussian, gaussian_mixture, dataset) of samples "
          "without labels, or a reference that this run can be compared with");
  require(e.spec.samples >= 2, "'errors.weak' needs two or more samples, found {}", e.spec.samples);
}

WeakErrors measure_weak(const Experiment& e, const at::Tensor& states, const Reference* reference) {
  const bool known = knows_law(e);
  WeakErrors weak{e.spec.weak, {}, {}, {}};
  std::vector<at::Tensor> values, reference_values;
  for (const std::string& name : e.spec.weak) {
    const at::Tensor other = reference == nullptr ? at::Tensor() : reference->states.back();
    const auto slot = analysis::covariance_slot(name);
    require(!slot || *slot < e.process->slots(), "'errors.weak': {} needs a process with momenta",
            name);
    if (slot) {
      const at::Tensor x = coordinates(states, *slot);
      const at::Tensor expected =
          known ? exact_covariance(e, *slot) : covariance_of(coordinates(other, *slot));
      const WorstEntry entry = worst_entry(x, expected);
      values.push_back(entry.products(x));
      weak.exact.push_back(known ? expected[entry.row][entry.column].item<double>() : std::nan(""));
      if (other.defined()) reference_values.push_back(entry.products(coordinates(other, *slot)));
    } else {
      const analysis::TestFunction& f = analysis::find_test_function(name);
      values.push_back(evaluate(f, states));
      weak.exact.push_back(known ? exact_value(f, e) : std::nan(""));
      if (other.defined()) reference_values.push_back(evaluate(f, other));
    }
  }
  weak.values = at::stack(values);
  if (reference != nullptr) weak.reference_values = at::stack(reference_values);
  return weak;
}

void write_weak(const WeakErrors& weak, store::Group& errors) {
  store::Group group = errors.create_group("weak");
  const std::vector<store::Axis> axes = {{"function", std::ssize(weak.functions)}};
  const std::vector<store::Axis> all = {axes[0], {"sample", weak.values.size(1)}};
  const MeanAndError found = summarize_rows(weak.values);
  std::vector<double> error;
  for (std::size_t i = 0; i < weak.exact.size(); ++i)
    error.push_back(found.mean[i] - weak.exact[i]);
  group.write_strings("name", "function", weak.functions);
  group.write("value", all, store::view_of(weak.values));
  group.write("estimate", axes, found.mean);
  group.write("standard_error", axes, found.standard_error);
  group.write("exact", axes, weak.exact);
  group.write("error", axes, error);
  group.write("below_noise", axes, below_noise(error, found.standard_error));
  if (!weak.reference_values.defined()) return;
  const MeanAndError paired = summarize_rows(weak.values - weak.reference_values);
  group.write("reference_value", all, store::view_of(weak.reference_values));
  group.write("reference_error", axes, paired.mean);
  group.write("reference_standard_error", axes, paired.standard_error);
  group.write("reference_below_noise", axes, below_noise(paired.mean, paired.standard_error));
}

}  // namespace strang
