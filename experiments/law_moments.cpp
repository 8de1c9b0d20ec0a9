#include "experiments/law_moments.h"

#include "core/error.h"

namespace strang {

LawMoments moments_of_law(const Model& model) {
  at::Tensor second, mean;
  double weights = 0;
  model.visit_law([&](const GaussianComponent& c) {
    const auto d = static_cast<std::int64_t>(c.mean.size());
    const auto tensor = [](std::span<const double> x, at::IntArrayRef shape) {
      return at::from_blob(const_cast<double*>(x.data()), shape, at::kDouble).clone();
    };
    const at::Tensor m = tensor(c.mean, {d}), variances = tensor(c.variances, {d});
    const at::Tensor axes = c.axes.empty() ? at::eye(d, at::kDouble) : tensor(c.axes, {d, d});
    const at::Tensor square = at::matmul(axes * variances, axes.t()) + at::outer(m, m);
    second = weights == 0 ? c.weight * square : second + c.weight * square;
    mean = weights == 0 ? c.weight * m : mean + c.weight * m;
    weights += c.weight;
  });
  ensure(weights > 0, "the model knows no law of its data");
  return {mean / weights, second / weights - at::outer(mean, mean) / (weights * weights)};
}

}  // namespace strang
