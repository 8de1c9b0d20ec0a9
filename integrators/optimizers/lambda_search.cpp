// Options of the integrator by search without gradients: numbers such as lambda and the entries of
// B are chosen to bring the run's endpoints closest to a fine solution's, for this grid and so for
// this budget of evaluations (the tuning that Pandey et al. 2024 do by hand). NLopt's BOBYQA
// (Powell 2009) inside bounds, from the present values. The result is kept only if it is better on
// a second batch of initial states; the file then holds the program with it. Deterministic
// integrators alone: endpoints of stochastic ones are no function of their start.

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
  std::int64_t samples = 256;
  int evaluations = 60;
  config::Node reference;
  int reference_steps = 512;
  config::Node initial;

  void fields(OptionVisitor& v) {
    v.field("integrator", integrator, "the integrator whose options are searched: ${integrator}");
    v.field("keys", keys, "its options, numbers: [lambda]");
    v.field("low", low, "lower bound of each");
    v.field("high", high, "upper bound of each");
    v.field("samples", samples, "initial states of each of the two batches").at_least(1);
    v.field("evaluations", evaluations, "values of the options that are tried").at_least(3);
    v.field("reference", reference, "integrator of the fine solution; null: heun");
    v.field("reference_steps", reference_steps, "its steps on the run's schedule").at_least(1);
    v.field("initial", initial, "null: draws of the prior of their own, or {file, dataset, scale}");
  }

  std::unique_ptr<Optimizer> build(const Registry& registry) const;
};

class Search final : public Optimizer {
 public:
  Search(LambdaSearch options, const Registry& registry)
      : options_(std::move(options)), registry_(registry) {}

  Artefact optimize(const OptimizerTask& task) const override {
    const Batch fit(*this, task, 0), held_out(*this, task, 1);
    const std::vector<double> start = present();
    const std::vector<double> found = minimise(fit, start);
    const double before = held_out.error(start), after = held_out.error(found);
    const std::vector<double>& kept = after < before ? found : start;
    Artefact artefact = fit.finish(*with(kept));
    for (std::size_t i = 0; i < kept.size(); ++i)
      artefact.found.push_back({options_.keys[i], kept[i]});
    artefact.found.push_back({"held_out_rmse_before", before});
    artefact.found.push_back({"held_out_rmse_after", std::min(before, after)});
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

    double error(const std::vector<double>& values) const {
      const at::Tensor end = run_.endpoint(*search_.with(values), task_.grid.times());
      return (end - exact_).square().mean().sqrt().item<double>();
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
    auto integrator = registry_.integrators.build(node, where, registry_).object;
    require(!integrator->traits().stochastic,
            "optimizer 'lambda_search' compares endpoints: the integrator draws noise");
    return integrator;
  }

  std::unique_ptr<Integrator> with(const std::vector<double>& values) const {
    config::Node node = options_.integrator;
    for (std::size_t i = 0; i < values.size(); ++i)
      node.set(options_.keys[i], config::Node(values[i]));
    return build(node, "optimizer.integrator");
  }

  std::unique_ptr<Integrator> reference() const {
    config::Node heun{config::Node::Map{}};
    heun.set("name", config::Node(std::string("heun")));
    return build(options_.reference.is_null() ? heun : options_.reference, "optimizer.reference");
  }

  // The values to start from: those of the integrator's configuration, inside the bounds.
  std::vector<double> present() const {
    std::vector<double> values;
    for (std::size_t i = 0; i < options_.keys.size(); ++i) {
      const config::Node* node = options_.integrator.find(options_.keys[i]);
      require(node != nullptr && (node->is_float() || node->is_int()),
              "optimizer.keys holds '{}', which is no number among the integrator's options",
              options_.keys[i]);
      const double value =
          node->is_float() ? node->floating() : static_cast<double>(node->integer());
      values.push_back(std::clamp(value, options_.low[i], options_.high[i]));
    }
    return values;
  }

  std::vector<double> minimise(const Batch& batch, std::vector<double> values) const {
    const std::unique_ptr<nlopt_opt_s, decltype(&nlopt_destroy)> search(
        nlopt_create(values.size() == 1 ? NLOPT_LN_COBYLA : NLOPT_LN_BOBYQA,
                     static_cast<unsigned>(values.size())),
        nlopt_destroy);
    nlopt_set_lower_bounds(search.get(), options_.low.data());
    nlopt_set_upper_bounds(search.get(), options_.high.data());
    nlopt_set_maxeval(search.get(), options_.evaluations);
    nlopt_set_xtol_rel(search.get(), 1e-6);
    nlopt_set_min_objective(
        search.get(),
        [](unsigned n, const double* x, double*, void* data) {
          try {
            return static_cast<const Batch*>(data)->error({x, x + n});
          } catch (const Error&) {
            return 1e300;  // states overflow: a choice that is unstable is a bad one
          }
        },
        const_cast<Batch*>(&batch));
    double best = 0;
    const nlopt_result result = nlopt_optimize(search.get(), values.data(), &best);
    ensure(result > 0, "the search failed: {}", nlopt_result_to_string(result));
    return values;
  }

  LambdaSearch options_;
  const Registry& registry_;
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
