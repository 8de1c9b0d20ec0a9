#include "experiments/step_study.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
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

using Eigenvalues = std::vector<std::complex<double>>;

// The matrix of a program that is an affine map, over [slot, event...] flattened; undefined when it
// is none.
at::Tensor linear_map(const Program& program, const Experiment& e) {
  std::vector<std::int64_t> shape = {1, e.process->slots()};
  for (const std::int64_t size : e.model->event_shape()) shape.push_back(size);
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
  return once.t().contiguous();
}

Eigenvalues eigenvalues_of(const at::Tensor& matrix) {
  const at::Tensor values = at::linalg_eigvals(matrix).contiguous();
  const auto* data = reinterpret_cast<const std::complex<double>*>(values.const_data_ptr());
  return {data, data + values.numel()};
}

// Those of a step, largest modulus first; empty when it is not linear.
Eigenvalues spectrum(const Program& program, const Experiment& e) {
  const at::Tensor matrix = linear_map(program, e);
  if (!matrix.defined()) return {};
  Eigenvalues sorted = eigenvalues_of(matrix);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return std::abs(a) > std::abs(b); });
  return sorted;
}

at::Tensor tensor_of(const Block& block) {
  at::Tensor matrix = at::empty({block.slots(), block.slots()}, at::kDouble);
  for (int i = 0; i < block.slots() * block.slots(); ++i)
    matrix.mutable_data_ptr<double>()[i] = block(i / block.slots(), i % block.slots());
  return matrix;
}

Block given_block(const config::Node& node, int slots) {
  const NumberArray given = read_numbers(node, "step.b");
  if (given.shape.empty()) return given.values[0] * Block::identity(slots);
  require(given.shape == std::vector<std::int64_t>{slots, slots},
          "step.b must be a number or {0} x {0}, as the process has {0} slots", slots);
  Block b = Block::zero(slots);
  for (int i = 0; i < slots * slots; ++i) b(i / slots, i % slots) = given.values[i];
  return b;
}

// The velocity is F u - G G^T score / 2, so K = F - d velocity / du.
Eigenvalues frozen_spectrum(const Experiment& e, double t) {
  const int slots = e.process->slots();
  const Block b = given_block(e.spec.step.b, slots);
  Builder builder(slots);
  Tracer tracer(builder, *e.field);
  Value u = builder.initial();
  const Value velocity = tracer.store(tracer.evaluate(u, t).velocity);
  const at::Tensor slope = linear_map(builder.finish(velocity), e);
  require(slope.defined(),
          "step.b asks for a frozen spectrum, which needs a score that is linear in the state: "
          "model=gaussian, of at most 512 numbers");
  const at::Tensor rest =
      at::kron(tensor_of(e.process->drift(t) - b), at::eye(slope.size(0) / slots, at::kDouble));
  Eigenvalues sorted = eigenvalues_of(rest - slope);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& x, const auto& y) {
    return std::pair(x.real(), x.imag()) < std::pair(y.real(), y.imag());
  });
  return sorted;
}

void require_studied(const Experiment& e) {
  const StepOptions& options = e.spec.step;
  const IntegratorTraits traits = e.integrator->traits();
  require(!traits.adaptive, "a step study needs an integrator with steps of given length");
  require(!traits.stochastic,
          "a step study compares with the exact flow: the integrator draws noise");
  require(e.spec.reference.present && !e.spec.reference.is_stored(),
          "a step study needs 'reference' with an integrator for the exact result");
  for (const double h : options.h)
    require(h > 0 && h < options.t - e.process->time().begin,
            "step.h holds {}: steps must be positive and end after t = {}", h,
            e.process->time().begin);
}

}  // namespace

double StepStudy::stable_step() const {
  double limit = std::numeric_limits<double>::infinity();
  for (const std::complex<double>& mu : frozen)
    limit = std::min(limit, mu.real() < 0 ? -2 * mu.real() / std::norm(mu) : 0.0);
  return limit;
}

StepStudy study_step(const Experiment& e, const Registry& registry) {
  require_studied(e);
  const auto exact =
      registry.integrators.build(e.spec.reference.integrator, "reference.integrator", registry)
          .object;
  StepStudy study{.t = e.spec.step.t, .h = e.spec.step.h, .order = e.integrator->traits().order};
  std::sort(study.h.begin(), study.h.end(), std::greater<>());
  if (!e.spec.step.b.is_null()) study.frozen = frozen_spectrum(e, study.t);
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
