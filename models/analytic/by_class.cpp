#include "models/analytic/by_class.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/tensor.h"

namespace strang {

ByClass::ByClass(std::unique_ptr<Model> whole, std::vector<Class> classes)
    : whole_(std::move(whole)), classes_(std::move(classes)) {
  ensure(!classes_.empty(), "a conditional model has at least one class");
}

std::vector<double> ByClass::class_weights() const {
  std::vector<double> weights;
  for (const Class& one : classes_) weights.push_back(one.weight);
  return weights;
}

void ByClass::predict(const Query& query) const {
  if (query.labels.empty()) return whole_->predict(query);
  const auto valid = query.labels.first(static_cast<std::size_t>(query.rows.valid));
  std::vector<std::int64_t> present(valid.begin(), valid.end());
  std::sort(present.begin(), present.end());
  present.erase(std::unique(present.begin(), present.end()), present.end());
  if (present.size() == 1) {
    classes_.at(present[0])
        .law->predict({query.process, query.times, query.input, query.output, query.rows});
    return;
  }
  query.output.narrow(0, query.rows.valid, query.output.size(0) - query.rows.valid).zero_();
  for (const std::int64_t label : present) predict_class(query, label);
}

void ByClass::predict_class(const Query& query, std::int64_t label) const {
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < query.rows.valid; ++row)
    if (query.labels[row] == label) rows.push_back(row);
  std::vector<double> times(query.times.begin(), query.times.end());
  if (times.size() > 1) {
    std::fill(times.begin(), times.end(), query.time(rows[0]));
    for (std::size_t i = 0; i < rows.size(); ++i) times[i] = query.time(rows[i]);
  }
  const std::int64_t count = std::ssize(rows);
  const at::Tensor index = at::from_blob(rows.data(), {count}, at::kLong);
  const at::Tensor in = at::zeros_like(query.input), out = at::empty_like(query.output);
  in.narrow(0, 0, count).copy_(query.input.index_select(0, index));
  classes_.at(label).law->predict({query.process, times, in, out, {0, count}});
  query.output.index_copy_(0, index, out.narrow(0, 0, count));
}

}  // namespace strang
