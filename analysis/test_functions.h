#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/sampling/law.h"

namespace strang::analysis {

// A function of one sample x in d dimensions whose expectation under a mixture of Gaussians is
// known in closed form (docs/errors.md):
//   first_moment   mean_i x_i               cosine  cos(sum_i x_i / sqrt(d))
//   second_moment  mean_i x_i^2             bump    exp(-|x|^2 / (2 d))
//   fourth_moment  mean_i x_i^4
struct TestFunction {
  std::string name;
  std::function<double(std::span<const double>)> value;
  std::function<double(const GaussianComponent&)> expectation;  // under one Gaussian
};

std::vector<std::string> test_function_names();

// What weak errors may measure: these, and `covariance` and `momentum_covariance`, the entry of the
// covariance matrix of a slot with the largest error, which is no mean of a function.
std::vector<std::string> weak_names();
// The slot of the latter two; absent for the names of test functions.
std::optional<int> covariance_slot(const std::string& name);

// Throws UsageError for other names.
const TestFunction& find_test_function(const std::string& name);

// E f(scale y + noise n) for y from the law that `visit_law` walks over, n standard normal; f is
// `function`. noise >= 0.
double expectation(const TestFunction& function,
                   const std::function<void(const ComponentVisitor&)>& visit_law, double scale,
                   double noise);

}  // namespace strang::analysis
