// Exact denoiser of a mixture of Gaussians (the formulas: mixture_denoiser.h). Parameters inline,
// or from a file with datasets of the same names. Variances of zero make a component a point: with
// all of them zero this is the denoiser of a finite dataset, for which the model `dataset` is the
// faster one when there are thousands of points.

#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include "core/plugin.h"
#include "models/analytic/mixture_denoiser.h"
#include "models/analytic/parameters.h"

namespace strang {
namespace {

struct GaussianMixture {
  config::Node weights, means, variances, covs;
  Parameters parameters;
  std::vector<std::int64_t> shape;

  void fields(OptionVisitor& v) {
    v.field("weights", weights, "[K], normalised when read; null: equal");
    v.field("means", means, "[K, d]");
    v.field("variances", variances, "[K, d], >= 0, of diagonal covariances; or this");
    v.field("covs", covs, "[K, d, d], full covariances; or that");
    v.field("shape", shape, "of an event; empty: [d]");
    parameters.fields(v);
  }

  std::unique_ptr<Model> build(const Registry&) const {
    NumberArray centres = parameters.read("means", means);
    require(centres.shape.size() == 2 && !centres.values.empty(),
            "model.means has the shape [{}], but must be [components, dimensions]",
            fmt::join(centres.shape, ", "));
    const std::int64_t K = centres.shape[0], d = centres.shape[1];
    Mixture mixture{
        shape.empty() ? std::vector{d} : shape, weights_of(K), std::move(centres.values), {}, {}};
    set_spread(mixture);
    require(c10::multiply_integers(mixture.shape) == d, "model.shape [{}] must hold {} numbers",
            fmt::join(mixture.shape, ", "), d);
    return std::make_unique<MixtureDenoiser>(std::move(mixture));
  }

 private:
  std::vector<double> weights_of(std::int64_t K) const {
    const auto given = parameters.find("weights", weights);
    if (!given) return std::vector<double>(K, 1.0);
    require_shape("weights", *given, {K});
    double total = 0;
    for (const double weight : given->values) {
      require(weight >= 0, "model.weights holds {:g}: weights are not negative", weight);
      total += weight;
    }
    require(total > 0, "model.weights are all zero");
    return given->values;
  }

  void set_spread(Mixture& mixture) const {
    const std::int64_t K = mixture.components(), d = mixture.dimensions();
    const auto diagonal = parameters.find("variances", variances);
    const auto full = parameters.find("covs", covs);
    require(
        diagonal.has_value() != full.has_value(),
        "a mixture needs either model.variances or model.covs, inline or in model.file; found {}",
        full ? "both" : "neither");
    if (full) {
      require_shape("covs", *full, {K, d, d});
      return set_covariances(mixture, full->values);
    }
    require_shape("variances", *diagonal, {K, d});
    for (const double variance : diagonal->values)
      require(variance >= 0, "model.variances holds {:g}: variances are not negative", variance);
    mixture.variances = diagonal->values;
  }
};

}  // namespace
}  // namespace strang

STRANG_MODEL(gaussian_mixture, GaussianMixture, "exact denoiser of a mixture of Gaussians");
