#pragma once

#include "core/sampling/model.h"
#include "core/tensor.h"

namespace strang {

// Mean [d] and covariance [d, d] of the data, float64.
struct LawMoments {
  at::Tensor mean, covariance;
};

// Of the law that an exact model knows. The model must know one (Model::visit_law).
LawMoments moments_of_law(const Model& model);

}  // namespace strang
