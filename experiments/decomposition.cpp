#include "experiments/decomposition.h"

#include <memory>

#include "analysis/statistics.h"
#include "core/error.h"
#include "experiments/exact_draws.h"
#include "experiments/sources.h"

namespace strang {
namespace {

bool knows_law(const Model& model) {
  return model.visit_law([](const GaussianComponent&) {});
}

// The exact model that the spec names; null: the run's own is the exact one.
std::unique_ptr<Model> build_exact(const Experiment& e, const Registry& registry) {
  if (!e.spec.exact_model) return nullptr;
  return registry.models.build(*e.spec.exact_model, "errors.decompose.model", registry).object;
}

// Positions of states [sample, slot, event...], float64 [sample, elements].
at::Tensor positions(const at::Tensor& state) {
  return state.select(1, 0).to(at::kDouble).flatten(1);
}

// From the end of the run's grid to the beginning of the process, in steps that get shorter.
std::vector<double> times_to_the_beginning(const Experiment& e) {
  const double end = e.grid->times().back(), begin = e.process->time().begin;
  const int steps = e.spec.reference.steps;
  std::vector<double> times;
  for (int i = 0; i <= steps; ++i) {
    const double left = 1 - static_cast<double>(i) / steps;
    times.push_back(begin + (end - begin) * left * left);
  }
  return times;
}

std::vector<double> rms_of_rows(const at::Tensor& difference) {
  const at::Tensor rms = difference.square().mean(1).sqrt().contiguous();
  const double* data = rms.const_data_ptr<double>();
  return {data, data + rms.numel()};
}

// Rows of solved states as the start of another solution.
Executor::Initial rows_of(const at::Tensor& states) {
  return [states](const at::Tensor& out, Rows rows) {
    out.fill_(1);  // padding
    out.narrow(0, 0, rows.valid).copy_(states.narrow(0, rows.first, rows.valid));
  };
}

}  // namespace

void require_decomposition(const Experiment& e, const Registry& registry, bool measured) {
  if (!e.spec.decompose) return;
  require(e.labels == nullptr,
          "'errors.decompose' is for samples without labels: set labels to null");
  require(measured, "'errors.decompose' needs a reference that this run can be compared with");
  require(!e.spec.reference.is_stored(),
          "'errors.decompose' solves again from other states: 'reference' must name an integrator");
  require(e.spec.initial.source == "prior",
          "'errors.decompose' needs initial states of the prior: set 'initial' to prior");
  const std::unique_ptr<Model> named = build_exact(e, registry);
  require(knows_law(named ? *named : *e.model),
          "'errors.decompose' needs an exact model (gaussian, gaussian_mixture, dataset): {}",
          named ? "errors.decompose.model is none"
                : "this one is none; name one in errors.decompose.model");
  require(!named || named->event_shape() == e.model->event_shape(),
          "errors.decompose.model has events of shape [{}], the run's model [{}]",
          fmt::join(named ? named->event_shape() : std::vector<std::int64_t>{}, ", "),
          fmt::join(e.model->event_shape(), ", "));
}

Decomposition decompose(const Experiment& e, const Registry& registry, const Reference& reference,
                        const at::Tensor& states) {
  const std::unique_ptr<Model> named = build_exact(e, registry);
  const Model& exact = named ? *named : *e.model;
  const Field field(*e.process, exact);
  const Grid fine = fine_grid(e, registry, reference.steps);
  const std::vector<double> end = {e.grid->times().back()};
  const auto solve = [&](const Executor::Initial& initial) {
    return solve_fine(e, registry, field, fine, end, initial)[0];
  };
  const at::Tensor run = states.select(1, 0).flatten(1), own = positions(reference.states.back());
  const at::Tensor scored =
      named ? positions(solve(make_initial(e.spec, *e.grid, exact.event_shape()))) : own;
  const at::Tensor marginal = solve(make_exact_initial(e.spec, *e.grid, exact));
  const at::Tensor reached = positions(marginal);
  at::Tensor data = reached;
  if (end[0] > e.process->time().begin) {
    const Grid rest(*e.process, times_to_the_beginning(e));
    data = positions(
        solve_fine(e, registry, field, rest, {rest.times().back()}, rows_of(marginal))[0]);
  }
  Decomposition result;
  result.parts.emplace_back("total", rms_of_rows(run - data));
  result.parts.emplace_back("discretisation", rms_of_rows(run - own));
  if (named) result.parts.emplace_back("score", rms_of_rows(own - scored));
  result.parts.emplace_back("prior", rms_of_rows(scored - reached));
  result.parts.emplace_back("end_time", rms_of_rows(reached - data));
  return result;
}

void write_decomposition(const Decomposition& decomposition, store::Group& errors) {
  store::Group group = errors.create_group("decomposition");
  for (const auto& [name, values] : decomposition.parts) {
    store::Dataset dataset = group.write(name, {{"sample", std::ssize(values)}}, values);
    const std::vector<double> squares = analysis::squares(values);
    const auto interval = analysis::bootstrap_means(
        {&squares, 1},
        [](std::span<const double> means) { return std::vector{std::sqrt(means[0])}; });
    dataset.set_attribute("rms", analysis::rms(values));
    dataset.set_attribute("rms_interval", std::vector{interval[0].low, interval[0].high});
  }
}

}  // namespace strang
