#include "models/analytic/dataset_denoiser.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "models/analytic/score_rows.h"

namespace strang {
namespace {

constexpr std::int64_t min_rows = 4;             // fewer rows take another path through the library
constexpr std::int64_t parallel_work = 1 << 15;  // operations worth a thread

template <class T>
constexpr at::ScalarType scalar = sizeof(T) == 8 ? at::kDouble : at::kFloat;

// sum_i (y_i - x_i)^2 in eight interleaved sums.
double squared_distance(const double* y, const float* x, std::int64_t d) {
  std::array<double, 8> sums{};
  std::int64_t i = 0;
  for (; i + 8 <= d; i += 8)
    for (int lane = 0; lane < 8; ++lane) {
      const double z = y[i + lane] - static_cast<double>(x[i + lane]);
      sums[lane] += z * z;
    }
  for (; i < d; ++i)
    sums[0] += (y[i] - static_cast<double>(x[i])) * (y[i] - static_cast<double>(x[i]));
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

struct Candidate {
  std::int64_t point;
  double score;
};

// How far one row has come.
template <class T>
struct RowState {
  T highest = std::numeric_limits<T>::lowest();
  T rate = 0;   // 1 / s^2
  T reach = 0;  // points that score less than the highest by more than this do not count
  bool wide = false;
  double total = 0;                   // wide: sum of the weights so far, relative to the highest
  std::vector<Candidate> candidates;  // else: all points within reach so far
};

}  // namespace

// One call: all rows against all points.
template <class T>
class DatasetDenoiser::Pass {
 public:
  Pass(const DatasetDenoiser& model, const ObservedRows& rows);

  void run() {
    for (std::int64_t begin = 0; begin < n_; begin += m_.chunk_)
      absorb(begin, std::min(begin + m_.chunk_, n_));
    each_row(d_, [this](std::int64_t row) { finish(row); });
  }

 private:
  // Calls f(row) for all rows, which cost `work` operations each.
  template <class F>
  void each_row(std::int64_t work, F f) {
    const std::int64_t grain = std::max<std::int64_t>(1, parallel_work / work);
    at::parallel_for(0, rows_.rows, grain, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) f(row);
    });
  }

  void prepare(std::int64_t row);
  double observed(std::int64_t row, std::int64_t i) const;
  void absorb(std::int64_t begin, std::int64_t end);
  void absorb_row(std::int64_t row, T* scores, std::int64_t begin, std::int64_t n);
  bool stays_narrow(RowState<T>& state, const T* scores, std::int64_t begin, std::int64_t n) const;
  void widen(std::int64_t row);
  void finish(std::int64_t row);

  const float* point(std::int64_t j) const { return points_ + j * d_; }
  T* sum(std::int64_t row) { return sums_.template mutable_data_ptr<T>() + row * d_; }

  const DatasetDenoiser& m_;
  const ObservedRows& rows_;
  std::int64_t n_, d_;
  const float* points_;
  std::vector<RowState<T>> states_;
  at::Tensor centred_;  // [rows, d], y - m
  at::Tensor scores_;   // [rows * chunk]
  at::Tensor sums_;     // [rows, d], weighted sums of the points
  at::Tensor chunk_;    // [chunk, d] in T, where T is not the type of the points
  std::vector<T> bias_;
  std::atomic<bool> any_wide_ = false;
};

template <class T>
DatasetDenoiser::Pass<T>::Pass(const DatasetDenoiser& model, const ObservedRows& rows)
    : m_(model),
      rows_(rows),
      n_(model.points_.size(0)),
      d_(model.points_.size(1)),
      points_(model.points_.const_data_ptr<float>()),
      states_(rows.rows) {
  const std::int64_t padded = std::max(rows.rows, min_rows), width = std::min(m_.chunk_, n_);
  centred_ = at::zeros({padded, d_}, scalar<T>);
  sums_ = at::zeros({padded, d_}, scalar<T>);
  scores_ = at::empty({padded * width}, scalar<T>);
  if (scalar<T> != at::kFloat) chunk_ = at::empty({width, d_}, scalar<T>);
  bias_.assign(m_.half_norms_.begin(), m_.half_norms_.end());
  each_row(d_, [this](std::int64_t row) { prepare(row); });
}

// Coordinate i of y.
template <class T>
double DatasetDenoiser::Pass<T>::observed(std::int64_t row, std::int64_t i) const {
  const Observation& seen = rows_.observation(row);
  const T* u = static_cast<const T*>(rows_.input) + row * rows_.slots * d_ + i;
  double y = 0;
  for (std::int64_t slot = 0; slot < rows_.slots; ++slot)
    y += seen.weights[slot] * static_cast<double>(u[slot * d_]);
  return y;
}

template <class T>
void DatasetDenoiser::Pass<T>::prepare(std::int64_t row) {
  const double* centre = m_.centre_.const_data_ptr<double>();
  T* y = centred_.mutable_data_ptr<T>() + row * d_;
  double square = 0;
  for (std::int64_t i = 0; i < d_; ++i) {
    y[i] = static_cast<T>(observed(row, i) - centre[i]);
    square += static_cast<double>(y[i]) * static_cast<double>(y[i]);
  }
  const double level = rows_.observation(row).level, epsilon = std::numeric_limits<T>::epsilon();
  // Weights below this fraction of the largest one vanish even when all points have them.
  const double window = -std::log(epsilon) + std::log(static_cast<double>(n_));
  // The bound on a sum of d products, in whatever order.
  const double error = epsilon * static_cast<double>(d_) * std::sqrt(square) * m_.largest_norm_;
  states_[row].rate = static_cast<T>(std::min(1 / (level * level), 1e30));
  states_[row].reach = static_cast<T>(std::min(window * level * level + 2 * error, 1e30));
}

template <class T>
void DatasetDenoiser::Pass<T>::absorb(std::int64_t begin, std::int64_t end) {
  const std::int64_t n = end - begin, padded = centred_.size(0);
  at::Tensor points = m_.points_.narrow(0, begin, n);
  if (chunk_.defined()) points = chunk_.narrow(0, 0, n).copy_(points);
  at::Tensor scores = scores_.narrow(0, 0, padded * n).view({padded, n});
  at::mm_out(scores, centred_, points.t());
  T* data = scores.mutable_data_ptr<T>();
  std::fill(data + rows_.rows * n, data + padded * n, T{0});
  each_row(n, [&](std::int64_t row) { absorb_row(row, data + row * n, begin, n); });
  if (any_wide_) sums_.addmm_(scores, points);
}

// Turns the scores of a row into weights: zeros while it is narrow.
template <class T>
void DatasetDenoiser::Pass<T>::absorb_row(std::int64_t row, T* scores, std::int64_t begin,
                                          std::int64_t n) {
  RowState<T>& state = states_[row];
  const T before = state.highest;
  state.highest = std::max(before, subtract_bias(scores, bias_.data() + begin, n));
  if (!state.wide) {
    if (stays_narrow(state, scores, begin, n)) {
      std::fill(scores, scores + n, T{0});
      return;
    }
    widen(row);
  } else if (state.highest > before) {
    const T factor = std::exp((before - state.highest) * state.rate);
    for (std::int64_t i = 0; i < d_; ++i) sum(row)[i] *= factor;
    state.total *= static_cast<double>(factor);
  }
  state.total += exponentiate(scores, state.highest, state.rate, n);
}

// Adds a chunk's points within reach to the candidates; false, with the candidates before it, if
// they are too many.
template <class T>
bool DatasetDenoiser::Pass<T>::stays_narrow(RowState<T>& state, const T* scores, std::int64_t begin,
                                            std::int64_t n) const {
  const T threshold = state.highest - state.reach;
  std::erase_if(state.candidates, [&](const Candidate& c) { return c.score < threshold; });
  const std::int64_t room = max_candidates - std::ssize(state.candidates);
  std::array<std::int64_t, max_candidates> found;
  const std::int64_t count = find_at_least(scores, threshold, n, room, found.data());
  if (count > room) return false;
  for (std::int64_t i = 0; i < count; ++i)
    state.candidates.push_back({begin + found[i], static_cast<double>(scores[found[i]])});
  return true;
}

// Goes on with sums: these start from the candidates.
template <class T>
void DatasetDenoiser::Pass<T>::widen(std::int64_t row) {
  RowState<T>& state = states_[row];
  T* into = sum(row);
  for (const Candidate& c : state.candidates) {
    const T weight = std::exp((static_cast<T>(c.score) - state.highest) * state.rate);
    for (std::int64_t i = 0; i < d_; ++i) into[i] += weight * static_cast<T>(point(c.point)[i]);
    state.total += static_cast<double>(weight);
  }
  state.candidates.clear();
  state.wide = true;
  any_wide_ = true;
}

template <class T>
void DatasetDenoiser::Pass<T>::finish(std::int64_t row) {
  RowState<T>& state = states_[row];
  T* out = static_cast<T*>(rows_.output) + row * rows_.slots * d_;
  if (state.wide) {
    const double scale = 1 / state.total;
    for (std::int64_t i = 0; i < d_; ++i)
      out[i] = static_cast<T>(static_cast<double>(sum(row)[i]) * scale);
    return;
  }
  std::vector<double> y(d_), result(d_);
  for (std::int64_t i = 0; i < d_; ++i) y[i] = observed(row, i);
  double nearest = std::numeric_limits<double>::infinity(), total = 0;
  for (Candidate& c : state.candidates) {
    c.score = squared_distance(y.data(), point(c.point), d_);
    nearest = std::min(nearest, c.score);
  }
  const double level = rows_.observation(row).level;
  for (const Candidate& c : state.candidates) {
    const double weight = std::exp((nearest - c.score) / level / level / 2);
    total += weight;
    for (std::int64_t i = 0; i < d_; ++i)
      result[i] += weight * static_cast<double>(point(c.point)[i]);
  }
  for (std::int64_t i = 0; i < d_; ++i) out[i] = static_cast<T>(result[i] / total);
}

DatasetDenoiser::DatasetDenoiser(const at::Tensor& points, std::int64_t chunk)
    : shape_(points.sizes().begin() + 1, points.sizes().end()),
      points_(points.reshape({points.size(0), -1}).contiguous()),
      centre_(points_.mean(0, false, at::kDouble)),
      chunk_(chunk) {
  const double* centre = centre_.const_data_ptr<double>();
  const std::int64_t d = points_.size(1);
  for (std::int64_t j = 0; j < points_.size(0); ++j) {
    const float* x = points_.const_data_ptr<float>() + j * d;
    half_norms_.push_back(0.5 * squared_distance(centre, x, d));
    double square = 0;
    for (std::int64_t i = 0; i < d; ++i)
      square += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    largest_norm_ = std::max(largest_norm_, std::sqrt(square));
  }
}

void DatasetDenoiser::denoise(const ObservedRows& rows) const {
  ensure(rows.elements == points_.size(1),
         "a dataset of {} numbers a sample was given states of {}", points_.size(1), rows.elements);
  rows.type == at::kDouble ? Pass<double>(*this, rows).run() : Pass<float>(*this, rows).run();
}

bool DatasetDenoiser::visit_law(const ComponentVisitor& visit) const {
  const std::vector<double> zeros(static_cast<std::size_t>(points_.size(1)), 0.0);
  for (std::int64_t i = 0; i < points_.size(0); ++i) {
    const at::Tensor point = points_[i].to(at::kDouble);
    visit({1, {point.const_data_ptr<double>(), zeros.size()}, zeros, {}});
  }
  return true;
}

}  // namespace strang
