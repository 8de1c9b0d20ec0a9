#include "analysis/order.h"

#include <cmath>

#include "analysis/statistics.h"
#include "core/error.h"

namespace strang::analysis {
namespace {

// Minus the slope of y over x.
double falling_slope(const std::vector<double>& x, const std::vector<double>& y) {
  const double mx = mean(x), my = mean(y);
  double sxy = 0, sxx = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sxy += (x[i] - mx) * (y[i] - my);
    sxx += (x[i] - mx) * (x[i] - mx);
  }
  return -sxy / sxx;
}

// The fitted order, then the orders between neighbours.
std::vector<double> orders(const std::vector<double>& log_steps,
                           const std::vector<double>& log_errors) {
  std::vector<double> result = {falling_slope(log_steps, log_errors)};
  for (std::size_t i = 1; i < log_steps.size(); ++i)
    result.push_back((log_errors[i - 1] - log_errors[i]) / (log_steps[i] - log_steps[i - 1]));
  return result;
}

}  // namespace

Order fit_order(std::span<const int> steps, const std::vector<std::vector<double>>& errors) {
  ensure(steps.size() >= 2 && steps.size() == errors.size(),
         "an order needs the errors of two or more grids, found {} for {} grids", errors.size(),
         steps.size());
  std::vector<double> log_steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    log_steps.push_back(std::log(steps[i]));
    ensure(errors[i].size() == errors[0].size(), "grids have {} and {} samples", errors[0].size(),
           errors[i].size());
    ensure(i == 0 || steps[i] > steps[i - 1], "steps must increase, found {} after {}", steps[i],
           steps[i - 1]);
  }
  std::vector<double> log_errors;
  for (const auto& one : errors) log_errors.push_back(std::log(rms(one)));
  const std::vector<double> values = orders(log_steps, log_errors);
  std::vector<std::vector<double>> columns;
  for (const auto& one : errors) columns.push_back(squares(one));
  const auto intervals = bootstrap_means(columns, [&](std::span<const double> means) {
    std::vector<double> logs;
    for (const double mean : means) logs.push_back(0.5 * std::log(mean));
    return orders(log_steps, logs);
  });
  Order order{{values[0], intervals[0]}, {}};
  for (std::size_t i = 1; i < values.size(); ++i)
    order.between.push_back({values[i], intervals[i]});
  return order;
}

}  // namespace strang::analysis
