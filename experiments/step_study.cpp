#include "experiments/step_study.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "core/error.h"
#include "core/tensor.h"
#include "experiments/sampler.h"
#include "experiments/sources.h"

namespace strang {
namespace {

// Keeps the result of one micro-batch.
class ResultKeeper final : public Observer {
 public:
  void result(const at::Tensor& state, Rows rows) override {
    state_ = state.narrow(0, 0, rows.valid).to(at::kDouble).clone();
  }
  const at::Tensor& state() const { return state_; }

 private:
  at::Tensor state_;
};

// The program applied to states [sample, slot, event...].
at::Tensor apply(const Program& program, const Experiment& e, const at::Tensor& states) {
  const std::int64_t rows = std::max<std::int64_t>(4, states.size(0));
  const ZeroNoise noise;
  Executor executor(program, *e.field, noise, {rows, at::kDouble, e.model->event_shape(), 0});
  ResultKeeper keeper;
  executor.run(
      0, states.size(0),
      [&](const at::Tensor& out, Rows) {
        out.fill_(1);
        out.narrow(0, 0, states.size(0)).copy_(states);
      },
      keeper);
  return keeper.state();
}

at::Tensor initial_states(const Experiment& e, const Grid& grid) {
  std::vector<std::int64_t> shape = {e.spec.samples, e.process->slots()};
  for (const std::int64_t size : e.model->event_shape()) shape.push_back(size);
  at::Tensor states = at::zeros(shape, at::kDouble);
  make_initial(e.spec, grid, e.model->event_shape())(states, {0, e.spec.samples});
  return states;
}

// The value at h = 0 of the polynomial through (h, values[h]), by Neville's recursion.
at::Tensor extrapolate(const std::vector<double>& h, std::vector<at::Tensor> values) {
  for (std::size_t level = 1; level < h.size(); ++level)
    for (std::size_t i = 0; i + level < h.size(); ++i)
      values[i] = (h[i] * values[i + 1] - h[i + level] * values[i]) / (h[i] - h[i + level]);
  return values[0];
}

// The eigenvalues of a program that is an affine map; empty when it is none.
std::vector<std::complex<double>> spectrum(const Program& program, const Experiment& e) {
  std::vector<std::int64_t> shape = {0, e.process->slots()};
  for (const std::int64_t size : e.model->event_shape()) shape.push_back(size);
  shape[0] = 1;
  const std::int64_t d = c10::multiply_integers(shape);
  constexpr std::int64_t largest = 512;
  if (d > largest) return {};
  shape[0] = d + 1;
  at::Tensor basis = at::cat({at::zeros({1, d}, at::kDouble), at::eye(d, at::kDouble)});
  const auto map = [&](double scale) {
    const at::Tensor image = apply(program, e, (scale * basis).reshape(shape)).reshape({d + 1, d});
    return image.slice(0, 1) - image.slice(0, 0, 1);
  };
  const at::Tensor once = map(1), twice = map(2);
  const double size = once.abs().max().item<double>();
  if (!((twice - 2 * once).abs().max().item<double>() <= 1e-9 * size)) return {};
  const at::Tensor values = at::linalg_eigvals(once.t().contiguous()).contiguous();
  const auto* data = reinterpret_cast<const std::complex<double>*>(values.const_data_ptr());
  std::vector<std::complex<double>> sorted(data, data + d);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return std::abs(a) > std::abs(b); });
  return sorted;
}

void require_studied(const Experiment& e) {
  const StepOptions& options = e.spec.step;
  const IntegratorTraits traits = e.integrator->traits();
  require(!traits.adaptive, "a step study needs an integrator with steps of given length");
  require(!traits.stochastic,
          "a step study compares with the exact flow: the integrator draws noise");
  require(e.spec.reference.present, "a step study needs 'reference' for the exact result");
  for (const double h : options.h)
    require(h > 0 && h < options.t - e.process->time().begin,
            "step.h holds {}: steps must be positive and end after t = {}", h,
            e.process->time().begin);
}

}  // namespace

StepStudy study_step(const Experiment& e, const Registry& registry) {
  require_studied(e);
  const auto exact =
      registry.integrators.build(e.spec.reference.integrator, "reference.integrator", registry)
          .object;
  StepStudy study{.t = e.spec.step.t, .h = e.spec.step.h, .order = e.integrator->traits().order};
  std::sort(study.h.begin(), study.h.end(), std::greater<>());
  std::vector<at::Tensor> errors, scaled;
  for (const double h : study.h) {
    const Grid grid(*e.process, {study.t, study.t - h});
    const Program step = trace_sampler(*e.integrator, *e.field, grid);
    const Program fine = trace_sampler(*exact, *e.field, grid.refine(0, e.spec.reference.steps));
    const at::Tensor start = initial_states(e, grid);
    errors.push_back(apply(step, e, start) - apply(fine, e, start));
    scaled.push_back(errors.back() / std::pow(h, study.order + 1));
    std::vector<std::complex<double>> values = spectrum(step, e);
    if (!values.empty()) study.eigenvalues.push_back(std::move(values));
  }
  study.error = at::stack(errors);
  study.coefficient = extrapolate(study.h, std::move(scaled));
  return study;
}

}  // namespace strang
