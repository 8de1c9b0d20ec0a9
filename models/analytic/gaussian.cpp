// Exact denoiser of one Gaussian N(m, C): D(y; s) = m + C (C + s^2)^-1 (y - m). Its
// probability-flow trajectories have closed forms, so it is the first problem to try an integrator
// on. Full covariances cost d^2 a row.

#include <memory>
#include <utility>

#include "core/plugin.h"
#include "models/analytic/mixture_denoiser.h"
#include "models/analytic/parameters.h"

namespace strang {
namespace {

struct GaussianModel {
  config::Node mean, covariance;
  Parameters parameters;
  std::vector<std::int64_t> shape;

  void fields(OptionVisitor& v) {
    v.field("mean", mean, "[d], or one number for all coordinates");
    v.field("covariance", covariance, "[d, d]; [d]: a diagonal; or one number: a multiple of 1");
    v.field("shape", shape, "of an event, d numbers; empty: [d]");
    parameters.fields(v);
  }

  std::unique_ptr<Model> build(const Registry&) const {
    NumberArray m = parameters.read("mean", mean), c = parameters.read("covariance", covariance);
    const std::int64_t d = dimensions(m, c);
    if (m.shape.empty()) m = {{d}, std::vector<double>(d, m.values[0])};
    if (c.shape.empty()) c = {{d}, std::vector<double>(d, c.values[0])};
    require_shape("mean", m, {d});
    require_shape("covariance", c, c.shape.size() == 2 ? std::vector{d, d} : std::vector{d});
    Mixture mixture{shape.empty() ? std::vector{d} : shape, {1.0}, std::move(m.values), {}, {}};
    if (c.shape.size() == 2) {
      set_covariances(mixture, c.values);
    } else {
      for (const double variance : c.values)
        require(variance >= 0, "model.covariance holds {:g}: variances are not negative", variance);
      mixture.variances = std::move(c.values);
    }
    return std::make_unique<MixtureDenoiser>(std::move(mixture));
  }

 private:
  std::int64_t dimensions(const NumberArray& m, const NumberArray& c) const {
    if (!shape.empty()) return c10::multiply_integers(shape);
    if (!m.shape.empty()) return m.shape[0];
    require(!c.shape.empty(),
            "model.mean and model.covariance are single numbers: set model.shape");
    return c.shape[0];
  }
};

}  // namespace
}  // namespace strang

STRANG_MODEL(gaussian, GaussianModel, "exact denoiser of one Gaussian");
