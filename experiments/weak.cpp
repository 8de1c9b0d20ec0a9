#include "experiments/weak.h"

#include <cmath>
#include <span>

#include "analysis/statistics.h"
#include "analysis/test_functions.h"
#include "core/error.h"

namespace strang {
namespace {

bool knows_law(const Model& model) {
  return model.visit_law([](const GaussianComponent&) {});
}

// The test functions of the positions of states [sample, slot, event...].
at::Tensor evaluate(const std::vector<std::string>& functions, const at::Tensor& states) {
  const at::Tensor positions = states.select(1, 0).to(at::kDouble).flatten(1).contiguous();
  const std::int64_t n = positions.size(0), d = positions.size(1);
  const at::Tensor values = at::empty({std::ssize(functions), n}, at::kDouble);
  double* out = values.mutable_data_ptr<double>();
  for (const std::string& name : functions) {
    const analysis::TestFunction& f = analysis::find_test_function(name);
    for (std::int64_t i = 0; i < n; ++i)
      *out++ = f.value({positions.const_data_ptr<double>() + i * d, static_cast<std::size_t>(d)});
  }
  return values;
}

// The position at time t is scale data + noise n: a marginal of the process.
std::vector<double> exact_values(const Experiment& e) {
  std::vector<double> exact;
  const double t = e.grid->times().back();
  const double scale = e.process->mean(t)(0, 0), noise = std::sqrt(e.process->covariance(t)(0, 0));
  for (const std::string& name : e.spec.weak)
    exact.push_back(knows_law(*e.model)
                        ? analysis::expectation(
                              analysis::find_test_function(name),
                              [&](const ComponentVisitor& visit) { e.model->visit_law(visit); },
                              scale, noise)
                        : std::nan(""));
  return exact;
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

store::ConstView view_of(const at::Tensor& tensor) {
  return {store::ElementType::float64, tensor.const_data_ptr(), tensor.numel()};
}

}  // namespace

void require_weak(const Experiment& e, bool measured) {
  if (e.spec.weak.empty()) return;
  require(knows_law(*e.model) || measured,
          "'errors.weak' needs an exact model (gaussian, gaussian_mixture, dataset) or a reference "
          "that this run can be compared with");
  require(e.spec.samples >= 2, "'errors.weak' needs two or more samples, found {}", e.spec.samples);
}

WeakErrors measure_weak(const Experiment& e, const at::Tensor& states, const Reference* reference) {
  WeakErrors weak{e.spec.weak, evaluate(e.spec.weak, states), exact_values(e), {}};
  if (reference != nullptr)
    weak.reference_values = evaluate(e.spec.weak, reference->states[reference->states.size(0) - 1]);
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
  group.write("value", all, view_of(weak.values));
  group.write("estimate", axes, found.mean);
  group.write("standard_error", axes, found.standard_error);
  group.write("exact", axes, weak.exact);
  group.write("error", axes, error);
  group.write("below_noise", axes, below_noise(error, found.standard_error));
  if (!weak.reference_values.defined()) return;
  const MeanAndError paired = summarize_rows(weak.values - weak.reference_values);
  group.write("reference_value", all, view_of(weak.reference_values));
  group.write("reference_error", axes, paired.mean);
  group.write("reference_standard_error", axes, paired.standard_error);
  group.write("reference_below_noise", axes, below_noise(paired.mean, paired.standard_error));
}

}  // namespace strang
