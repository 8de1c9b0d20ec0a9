#include "analysis/test_functions.h"

#include <cmath>

#include "core/error.h"

namespace strang::analysis {
namespace {

double mean_of(std::span<const double> x, double (*f)(double)) {
  double sum = 0;
  for (const double value : x) sum += f(value);
  return sum / static_cast<double>(x.size());
}

double identity(double x) { return x; }
double square(double x) { return x * x; }
double fourth(double x) { return x * x * x * x; }

double cosine(std::span<const double> x) {
  double sum = 0;
  for (const double value : x) sum += value;
  return std::cos(sum / std::sqrt(static_cast<double>(x.size())));
}

double bump(std::span<const double> x) { return std::exp(-0.5 * mean_of(x, square)); }

// Row i of Q; column j of Q.
double axis(const GaussianComponent& c, std::size_t i, std::size_t j) {
  if (c.axes.empty()) return i == j ? 1 : 0;
  return c.axes[i * c.mean.size() + j];
}

// The variance of coordinate i.
double variance(const GaussianComponent& c, std::size_t i) {
  if (c.axes.empty()) return c.variances[i];
  double sum = 0;
  for (std::size_t j = 0; j < c.mean.size(); ++j)
    sum += axis(c, i, j) * axis(c, i, j) * c.variances[j];
  return sum;
}

// mean over coordinates of E f(x_i), x_i ~ N(m, v).
double mean_over(const GaussianComponent& c, double (*f)(double m, double v)) {
  double sum = 0;
  for (std::size_t i = 0; i < c.mean.size(); ++i) sum += f(c.mean[i], variance(c, i));
  return sum / static_cast<double>(c.mean.size());
}

// E cos(k x) = exp(-k C k / 2) cos(k m), all entries of k are d^-1/2.
double cosine_expectation(const GaussianComponent& c) {
  const std::size_t d = c.mean.size();
  const double k = 1 / std::sqrt(static_cast<double>(d));
  double phase = 0, spread = 0;
  for (std::size_t j = 0; j < d; ++j) {
    phase += k * c.mean[j];
    double along = k;
    if (!c.axes.empty()) {
      along = 0;
      for (std::size_t i = 0; i < d; ++i) along += k * axis(c, i, j);
    }
    spread += along * along * c.variances[j];
  }
  return std::exp(-0.5 * spread) * std::cos(phase);
}

// Along the axes of the covariance, where |x|^2 is the same sum and the product separates:
// E exp(-a x^2 / 2) = (1 + a v)^-1/2 exp(-a m^2 / (2 (1 + a v))), a = 1/d.
double bump_expectation(const GaussianComponent& c) {
  const std::size_t d = c.mean.size();
  const double a = 1 / static_cast<double>(d);
  double logarithm = 0;
  for (std::size_t j = 0; j < d; ++j) {
    double m = c.mean[j];
    if (!c.axes.empty()) {
      m = 0;
      for (std::size_t i = 0; i < d; ++i) m += axis(c, i, j) * c.mean[i];
    }
    const double widened = 1 + a * c.variances[j];
    logarithm -= 0.5 * (std::log(widened) + a * m * m / widened);
  }
  return std::exp(logarithm);
}

const std::vector<TestFunction>& all() {
  using Span = std::span<const double>;
  static const std::vector<TestFunction> functions = {
      {"first_moment", [](Span x) { return mean_of(x, identity); },
       [](const GaussianComponent& c) { return mean_of(c.mean, identity); }},
      {"second_moment", [](Span x) { return mean_of(x, square); },
       [](const GaussianComponent& c) {
         return mean_over(c, [](double m, double v) { return m * m + v; });
       }},
      {"fourth_moment", [](Span x) { return mean_of(x, fourth); },
       [](const GaussianComponent& c) {
         return mean_over(c,
                          [](double m, double v) { return fourth(m) + 6 * m * m * v + 3 * v * v; });
       }},
      {"cosine", cosine, cosine_expectation},
      {"bump", bump, bump_expectation}};
  return functions;
}

}  // namespace

std::vector<std::string> test_function_names() {
  std::vector<std::string> names;
  for (const TestFunction& function : all()) names.push_back(function.name);
  return names;
}

std::vector<std::string> weak_names() {
  std::vector<std::string> names = test_function_names();
  names.insert(names.end(), {"covariance", "momentum_covariance"});
  return names;
}

std::optional<int> covariance_slot(const std::string& name) {
  if (name == "covariance") return 0;
  return name == "momentum_covariance" ? std::optional<int>(1) : std::nullopt;
}

const TestFunction& find_test_function(const std::string& name) {
  for (const TestFunction& function : all())
    if (function.name == name) return function;
  const std::vector<std::string> names = test_function_names();
  throw UsageError(fmt::format("there is no test function '{}'{}; there are {}", name,
                               did_you_mean(name, names), fmt::join(names, ", ")));
}

double expectation(const TestFunction& function,
                   const std::function<void(const ComponentVisitor&)>& visit_law, double scale,
                   double noise) {
  double sum = 0, weights = 0;
  std::vector<double> mean, variances;
  visit_law([&](const GaussianComponent& c) {
    mean.assign(c.mean.begin(), c.mean.end());
    variances.assign(c.variances.begin(), c.variances.end());
    for (double& m : mean) m *= scale;
    for (double& v : variances) v = scale * scale * v + noise * noise;
    sum += c.weight * function.expectation({c.weight, mean, variances, c.axes});
    weights += c.weight;
  });
  return sum / weights;
}

}  // namespace strang::analysis
