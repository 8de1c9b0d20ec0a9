// Options of the integrator by search without gradients: numbers such as lambda, lambda_s and the
// entries of B are chosen for this grid and so for this budget of evaluations (the tuning that
// Pandey et al. 2024 do by hand). What is made small, on a batch of initial states:
//   endpoint  the root mean square distance of the run's endpoints from a fine solution's: for
//             deterministic integrators, whose endpoints are a function of their start
//   law       the energy distance (Szekely & Rizzo 2013) of the law of the run's positions from
//             that of the fine solution's, 2 E|x - y| - E|x - x'| - E|y - y'|: for stochastic ones,
//             too. All candidates see the same noise, so it is a smooth function of the options.
// NLopt inside bounds, from the present values: COBYLA for one number, BOBYQA (Powell 2009) for
// more. The result is kept only if it is better on a second batch of initial states and noise; the
// file then holds the program with it.

#include <nlopt.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/plugin.h"
#include "integrators/common/teacher.h"

namespace strang {
namespace {

struct LambdaSearch {
  config::Node integrator;
  std::vector<std::string> keys = {"lambda"};
  std::vector<double> low = {0}, high = {4};
  std::string objective = "auto";
  std::int64_t samples = 256;
  int evaluations = 60;
  config::Node reference;
  int reference_steps = 512;
  config::Node initial;

  void fields(OptionVisitor& v) {
    v.field("integrator", integrator, "the integrator whose options are searched: ${integrator}");
    v.field("keys", keys, "its options, numbers, by path: [lambda], [matrix.0.1]");
    v.field("low", low, "lower bound of each");
    v.field("high", high, "upper bound of each");
    v.field(
         "objective", objective,
         "endpoint: distance from a fine solution's; law: of laws; auto: law where noise is drawn")
        .one_of({"auto", "endpoint", "law"});
    v.field("samples", samples, "initial states of each of the two batches").at_least(2);
    v.field("evaluations", evaluations, "values of the options that are tried").at_least(6);
    v.field("reference", reference, "integrator of the fine solution; null: heun");
    v.field("reference_steps", reference_steps, "its steps on the run's schedule").at_least(1);
    v.field("initial", initial, "null: draws of the prior of their own, or {file, dataset, scale}");
  }

  std::unique_ptr<Optimizer> build(const Registry& registry) const;
};

// Of the positions in states [sample, slot, event...]. Pairs of rows with one number are left out:
// both batches start from the same states.
double energy_distance(const at::Tensor& a, const at::Tensor& b) {
  const auto positions = [](const at::Tensor& states) {
    return states.select(1, 0).flatten(1).contiguous();
  };
  const at::Tensor x = positions(a), y = positions(b);
  const auto mean_distance = [](const at::Tensor& u, const at::Tensor& v) {
    const auto n = static_cast<double>(u.size(0));
    const at::Tensor distances = at::cdist(u, v, 2.0, 2);  // by differences, no matrix product
    return (distances.sum() - distances.trace()).item<double>() / (n * (n - 1));
  };
  return 2 * mean_distance(x, y) - mean_distance(x, x) - mean_distance(y, y);
}

class Search final : public Optimizer {
 public:
  Search(LambdaSearch options, const Registry& registry)
      : options_(std::move(options)),
        registry_(registry),
        law_(options_.objective == "law" || (options_.objective == "auto" && draws_noise())) {
    require(law_ || !draws_noise(),
            "optimizer.objective=endpoint compares endpoints, and the integrator draws noise: take "
            "law");
  }

  Artefact optimize(const OptimizerTask& task) const override {
    for (const auto& bounds : {options_.low, options_.high})
      with(bounds);  // the options allow them
    const Batch fit(*this, task, 0), held_out(*this, task, 1);
    const std::vector<double> start = present();
    const std::vector<double> found = minimise(fit, start);
    const double before = held_out.error(start), after = held_out.error(found);
    const std::vector<double>& kept = after < before ? found : start;
    Artefact artefact = fit.finish(*with(kept));
    for (std::size_t i = 0; i < kept.size(); ++i)
      artefact.found.push_back({options_.keys[i], kept[i]});
    const std::string measure = law_ ? "held_out_energy_distance" : "held_out_rmse";
    artefact.found.push_back({measure + "_before", before});
    artefact.found.push_back({measure + "_after", after < before ? after : before});
    return artefact;
  }

 private:
  // Endpoints of one batch of initial states.
  class Batch {
   public:
    Batch(const Search& search, const OptimizerTask& task, int stream)
        : search_(search),
          task_(task),
          run_(task, search.options_.initial, search.options_.samples, stream),
          exact_(run_.endpoint(
              *search.reference(),
              task.schedule.times(task.field.process(), search.options_.reference_steps))) {}

    // Values whose states overflow are bad ones, but no mistakes.
    double error(const std::vector<double>& values) const {
      const std::unique_ptr<Integrator> integrator = search_.with(values);
      at::Tensor end;
      try {
        end = run_.endpoint(*integrator, task_.grid.times());
      } catch (const Error&) {
        return 1e300;
      }
      return search_.law_ ? energy_distance(end, exact_)
                          : (end - exact_).square().mean().sqrt().item<double>();
    }
    Artefact finish(const Integrator& integrator) const {
      return run_.finish(task_.grid.times(), integrator);
    }

   private:
    const Search& search_;
    const OptimizerTask& task_;
    mutable Evaluations run_;  // counts its calls
    at::Tensor exact_;
  };

  std::unique_ptr<Integrator> build(const config::Node& node, const char* where) const {
    return registry_.integrators.build(node, where, registry_).object;
  }

  bool draws_noise() const {
    return build(options_.integrator, "optimizer.integrator")->traits().stochastic;
  }

  std::unique_ptr<Integrator> with(const std::vector<double>& values) const {
    config::Node node = options_.integrator;
    for (std::size_t i = 0; i < values.size(); ++i)
      node.set_path(options_.keys[i], config::Node(values[i]));
    return build(node, "optimizer.integrator");
  }

  std::unique_ptr<Integrator> reference() const {
    config::Node heun{config::Node::Map{}};
    heun.set("name", config::Node(std::string("heun")));
    auto fine =
        build(options_.reference.is_null() ? heun : options_.reference, "optimizer.reference");
    require(!fine->traits().stochastic,
            "optimizer.reference draws noise: take a deterministic one");
    return fine;
  }

  // The values to start from: those of the integrator's configuration, inside the bounds.
  std::vector<double> present() const {
    std::vector<double> values;
    for (std::size_t i = 0; i < options_.keys.size(); ++i) {
      const config::Node* node = options_.integrator.at_path(options_.keys[i]);
      require(node != nullptr && (node->is_float() || node->is_int()),
              "optimizer.keys holds '{}', which is no number among the integrator's options",
              options_.keys[i]);
      const double value =
          node->is_float() ? node->floating() : static_cast<double>(node->integer());
      values.push_back(std::clamp(value, options_.low[i], options_.high[i]));
    }
    return values;
  }

  // A third of the evaluations looks at the whole box; the rest goes on from the best, or from the
  // start where that is better.
  std::vector<double> minimise(const Batch& batch, const std::vector<double>& start) const {
    const int wide = options_.evaluations / 3;
    const std::vector<double> seen = search(NLOPT_GN_DIRECT_L, wide, batch, start);
    const std::vector<double>& best = batch.error(seen) < batch.error(start) ? seen : start;
    return search(best.size() == 1 ? NLOPT_LN_COBYLA : NLOPT_LN_BOBYQA,
                  std::max(1, options_.evaluations - wide - 2), batch, best);
  }

  std::vector<double> search(nlopt_algorithm algorithm, int evaluations, const Batch& batch,
                             std::vector<double> values) const {
    const std::unique_ptr<nlopt_opt_s, decltype(&nlopt_destroy)> search(
        nlopt_create(algorithm, static_cast<unsigned>(values.size())), nlopt_destroy);
    nlopt_set_lower_bounds(search.get(), options_.low.data());
    nlopt_set_upper_bounds(search.get(), options_.high.data());
    nlopt_set_maxeval(search.get(), evaluations);
    nlopt_set_xtol_rel(search.get(), 1e-6);
    nlopt_set_min_objective(
        search.get(),
        [](unsigned n, const double* x, double*, void* data) {
          return static_cast<const Batch*>(data)->error({x, x + n});
        },
        const_cast<Batch*>(&batch));
    double best = 0;
    const nlopt_result result = nlopt_optimize(search.get(), values.data(), &best);
    ensure(result > 0, "the search failed: {}", nlopt_result_to_string(result));
    return values;
  }

  LambdaSearch options_;
  const Registry& registry_;
  bool law_;
};

std::unique_ptr<Optimizer> LambdaSearch::build(const Registry& registry) const {
  require(integrator.is_map(), "optimizer.integrator is not set: give ${{integrator}}");
  require(!keys.empty() && low.size() == keys.size() && high.size() == keys.size(),
          "optimizer.keys has {} names, low {} and high {} bounds: they need one each", keys.size(),
          low.size(), high.size());
  for (std::size_t i = 0; i < keys.size(); ++i)
    require(low[i] < high[i], "optimizer.low[{0}] = {1} must be below optimizer.high[{0}] = {2}", i,
            low[i], high[i]);
  return std::make_unique<Search>(*this, registry);
}

}  // namespace
}  // namespace strang

STRANG_OPTIMIZER(lambda_search, LambdaSearch, "options of the integrator by search (NLopt)");
