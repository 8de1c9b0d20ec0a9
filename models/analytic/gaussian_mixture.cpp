// Exact denoiser of a mixture of Gaussians (the formulas: mixture_denoiser.h). Parameters inline,
// or from a file with datasets of the same names. Variances of zero make a component a point: with
// all of them zero this is the denoiser of a finite dataset, for which the model `dataset` is the
// faster one when there are thousands of points.

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include "core/plugin.h"
#include "models/analytic/by_class.h"
#include "models/analytic/mixture_denoiser.h"
#include "models/analytic/parameters.h"

namespace strang {
namespace {

struct GaussianMixture {
  config::Node weights, means, variances, covs, classes;
  Parameters parameters;
  std::vector<std::int64_t> shape;

  void fields(OptionVisitor& v) {
    v.field("weights", weights, "[K], normalised when read; null: equal");
    v.field("means", means, "[K, d]");
    v.field("variances", variances, "[K, d], >= 0, of diagonal covariances; or this");
    v.field("covs", covs, "[K, d, d], full covariances; or that");
    v.field("classes", classes,
            "[K], the label 0, 1, ... of each component, for conditional samples; null: none");
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
    const auto labels = parameters.find("classes", classes);
    if (!labels) return std::make_unique<MixtureDenoiser>(std::move(mixture));
    require_shape("classes", *labels, {K});
    return conditional(mixture, labels->values);
  }

 private:
  // The mixture, and for each label the mixture of its components.
  static std::unique_ptr<Model> conditional(const Mixture& mixture,
                                            const std::vector<double>& labels) {
    std::vector<ByClass::Class> classes;
    const double last = *std::max_element(labels.begin(), labels.end());
    for (const double label : labels)
      require(label >= 0 && label == std::floor(label) && last < 1e6,
              "model.classes holds {:g}: labels are 0, 1, 2, ...", label);
    for (double label = 0; label <= last; ++label) {
      Mixture part = part_of(mixture, labels, label);
      const double weight = std::accumulate(part.weights.begin(), part.weights.end(), 0.0);
      require(weight > 0, "model.classes: class {:g} of {:g} has no component with a weight", label,
              last + 1);
      classes.push_back({weight, std::make_unique<MixtureDenoiser>(std::move(part))});
    }
    return std::make_unique<ByClass>(std::make_unique<MixtureDenoiser>(mixture),
                                     std::move(classes));
  }

  static Mixture part_of(const Mixture& mixture, const std::vector<double>& labels, double label) {
    const std::ptrdiff_t d = mixture.dimensions();
    Mixture part{mixture.shape, {}, {}, {}, {}};
    const auto take = [](const std::vector<double>& from, std::ptrdiff_t k, std::ptrdiff_t size,
                         std::vector<double>& to) {
      to.insert(to.end(), from.begin() + k * size, from.begin() + (k + 1) * size);
    };
    for (std::ptrdiff_t k = 0; k < std::ssize(labels); ++k) {
      if (labels[k] != label) continue;
      take(mixture.weights, k, 1, part.weights);
      take(mixture.means, k, d, part.means);
      take(mixture.variances, k, d, part.variances);
      if (!mixture.axes.empty()) take(mixture.axes, k, d * d, part.axes);
    }
    return part;
  }

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
