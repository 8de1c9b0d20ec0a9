#include "models/analytic/mixture_denoiser.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/error.h"
#include "core/program/lanes.h"
#include "core/program/normal.h"
#include "core/tensor.h"

namespace strang {
namespace {

using lanes::Double;
constexpr std::int64_t width = lanes::doubles;   // rows that are worked on together, a tile
constexpr std::int64_t parallel_work = 1 << 16;  // components x dimensions x rows worth a thread

// Memory for a call, aligned for vectors; on the stack when it is small.
template <std::size_t small>
class Scratch {
 public:
  explicit Scratch(std::size_t size) {
    if (size > small) heap_.resize(size + width - 1);
  }
  double* data() {
    if (heap_.empty()) return stack_.data();
    const auto address = reinterpret_cast<std::uintptr_t>(heap_.data());
    return heap_.data() + (-address % lanes::alignment) / sizeof(double);
  }
  Double* lanes() { return reinterpret_cast<Double*>(data()); }

 private:
  alignas(lanes::alignment) std::array<double, small> stack_;
  std::vector<double> heap_;
};

// What the kernel reads of a mixture at one noise level.
struct Table {
  std::int64_t components, d;
  const double* means;
  const double* axes;            // null: the coordinate axes
  const double* half_precision;  // [K, d], 1 / (2 (v + s^2))
  const double* gain;            // [K, d], g
  const double* shrunk;          // [K, d], (1 - g) mu
  const double* offset;          // [K], ln w - sum ln(v + s^2) / 2
};

// sum_j ln(x_j): one logarithm for eight factors, unless their product leaves the range.
double log_product(const double* x, std::int64_t n) {
  double sum = 0;
  for (std::int64_t begin = 0; begin < n; begin += 8) {
    const std::int64_t end = std::min(begin + 8, n);
    double product = 1;
    for (std::int64_t j = begin; j < end; ++j) product *= x[j];
    if (std::isnormal(product)) {
      sum += normal::log(product);
    } else {
      for (std::int64_t j = begin; j < end; ++j) sum += normal::log(x[j]);
    }
  }
  return sum;
}

// Fills the arrays of a table, which lie one after the other from `memory` on.
Table make_table(const Mixture& m, const double* log_weights, double level, double* memory) {
  const std::int64_t K = m.components(), d = m.dimensions(), n = K * d;
  double *precision = memory, *gain = memory + n, *shrunk = memory + 2 * n,
         *offset = memory + 3 * n;
  const double noise = level * level;
  const bool prior = std::isinf(noise);
  for (std::int64_t i = 0; i < n; ++i) gain[i] = m.variances[i] + noise;
  for (std::int64_t k = 0; k < K; ++k)
    offset[k] = log_weights[k] - (prior ? 0 : 0.5 * log_product(gain + k * d, d));
  for (std::int64_t i = 0; i < n; ++i) {
    const double total = gain[i];
    precision[i] = 0.5 / total;
    gain[i] = m.variances[i] / total;
    shrunk[i] = m.means[i] * (prior ? 1 : noise / total);
  }
  return {K,         d,    m.means.data(), m.axes.empty() ? nullptr : m.axes.data(),
          precision, gain, shrunk,         offset};
}

// Working memory for one tile of `width` rows.
struct Tile {
  Double* y;       // [d]
  Double* result;  // [d]
  Double* logits;  // [K]
  Double* offset;  // [d]
  Double* along;   // full covariances: [K, d], y - mu along the axes; else [d], the gain of y

  static std::int64_t size(const Table& t) {
    return 3 * t.d + t.components + (t.axes ? t.components : 1) * t.d;
  }
  Tile(const Table& t, Double* memory)
      : y(memory),
        result(y + t.d),
        logits(result + t.d),
        offset(logits + t.components),
        along(offset + t.d) {}
};

// Squared distance of y from component k in units of twice its spread.
[[gnu::always_inline]] inline Double distance(const Table& t, const Tile& tile, std::int64_t k) {
  const double *mean = t.means + k * t.d, *precision = t.half_precision + k * t.d;
  Double sum{};
  if (t.axes == nullptr) {
    for (std::int64_t j = 0; j < t.d; ++j) {
      const Double z = tile.y[j] - mean[j];
      sum += z * z * precision[j];
    }
    return sum;
  }
  for (std::int64_t j = 0; j < t.d; ++j) tile.offset[j] = tile.y[j] - mean[j];
  const double* q = t.axes + k * t.d * t.d;
  for (std::int64_t i = 0; i < t.d; ++i) {
    Double z{};
    for (std::int64_t j = 0; j < t.d; ++j) z += tile.offset[j] * q[j * t.d + i];
    tile.along[k * t.d + i] = z;
    sum += z * z * precision[i];
  }
  return sum;
}

// Adds r times component k's posterior mean; with coordinate axes, r times its part that does not
// depend on y, and r times the gain of y.
[[gnu::always_inline]] inline void add_component(const Table& t, const Tile& tile, std::int64_t k,
                                                 Double r) {
  const double* gain = t.gain + k * t.d;
  if (t.axes == nullptr) {
    const double* shrunk = t.shrunk + k * t.d;
    for (std::int64_t j = 0; j < t.d; ++j) {
      tile.result[j] += r * shrunk[j];
      tile.along[j] += r * gain[j];
    }
    return;
  }
  const double *mean = t.means + k * t.d, *q = t.axes + k * t.d * t.d;
  for (std::int64_t j = 0; j < t.d; ++j) {
    Double x = Double{} + mean[j];
    for (std::int64_t i = 0; i < t.d; ++i)
      x += tile.along[k * t.d + i] * (gain[i] * q[j * t.d + i]);
    tile.result[j] += r * x;
  }
}

// Turns tile.y into tile.result.
[[gnu::always_inline]] inline void denoise_tile(const Table& t, const Tile& tile) {
  Double highest{};
  for (std::int64_t k = 0; k < t.components; ++k) {
    const Double logit = t.offset[k] - distance(t, tile, k);
    tile.logits[k] = logit;
    highest = k == 0 ? logit : lanes::maximum(highest, logit);
  }
  for (std::int64_t j = 0; j < t.d; ++j) {
    tile.result[j] = Double{};
    if (t.axes == nullptr) tile.along[j] = Double{};
  }
  Double total{};
  for (std::int64_t k = 0; k < t.components; ++k) {
    const Double r = lanes::exponential(tile.logits[k] - highest);
    total += r;
    add_component(t, tile, k, r);
  }
  for (std::int64_t j = 0; j < t.d; ++j) {
    if (t.axes == nullptr) tile.result[j] += tile.along[j] * tile.y[j];
    tile.result[j] /= total;
  }
}

// Rows [first, first + count) of `rows` into tile.y; lanes beyond them repeat the last row.
template <class T>
[[gnu::always_inline]] inline void load(const ObservedRows& rows, std::int64_t first,
                                        std::int64_t count, Double* y) {
  const Observation& seen = rows.observations[0];
  const std::int64_t stride = rows.slots * rows.elements;
  for (std::int64_t lane = 0; lane < width; ++lane) {
    const T* u = static_cast<const T*>(rows.input) + (first + std::min(lane, count - 1)) * stride;
    double* into = reinterpret_cast<double*>(y) + lane;
    for (std::int64_t j = 0; j < rows.elements; ++j) {
      double sum = seen.weights[0] * static_cast<double>(u[j]);
      for (std::int64_t slot = 1; slot < rows.slots; ++slot)
        sum += seen.weights[slot] * static_cast<double>(u[slot * rows.elements + j]);
      into[j * width] = sum;
    }
  }
}

template <class T>
[[gnu::always_inline]] inline void store(const ObservedRows& rows, std::int64_t first,
                                         std::int64_t count, const Double* result) {
  const std::int64_t stride = rows.slots * rows.elements;
  for (std::int64_t lane = 0; lane < count; ++lane) {
    T* out = static_cast<T*>(rows.output) + (first + lane) * stride;
    const double* from = reinterpret_cast<const double*>(result) + lane;
    for (std::int64_t j = 0; j < rows.elements; ++j) out[j] = static_cast<T>(from[j * width]);
  }
}

// `fixed` is the dimension when it is known to the compiler, else 0.
template <class T, int fixed>
[[gnu::always_inline]] inline void denoise_rows(Table t, const ObservedRows& rows,
                                                std::int64_t begin, std::int64_t end) {
  if (fixed > 0) t.d = fixed;
  Scratch<128 * width> memory(Tile::size(t) * width);
  const Tile tile(t, memory.lanes());
  for (std::int64_t first = begin * width; first < std::min(end * width, rows.rows);
       first += width) {
    const std::int64_t count = std::min(width, rows.rows - first);
    load<T>(rows, first, count, tile.y);
    denoise_tile(t, tile);
    store<T>(rows, first, count, tile.result);
  }
}

// Tiles [begin, end).
template <class T>
[[gnu::always_inline]] inline void denoise_any(const Table& t, const ObservedRows& rows,
                                               std::int64_t begin, std::int64_t end) {
  if (t.d == 2 && t.axes == nullptr) return denoise_rows<T, 2>(t, rows, begin, end);
  denoise_rows<T, 0>(t, rows, begin, end);
}

STRANG_CLONES void denoise_tiles(const Table& t, const ObservedRows& rows, std::int64_t begin,
                                 std::int64_t end) {
  rows.type == at::kDouble ? denoise_any<double>(t, rows, begin, end)
                           : denoise_any<float>(t, rows, begin, end);
}

}  // namespace

MixtureDenoiser::MixtureDenoiser(Mixture mixture) : mixture_(std::move(mixture)) {
  const double total = std::accumulate(mixture_.weights.begin(), mixture_.weights.end(), 0.0);
  for (const double weight : mixture_.weights) log_weights_.push_back(std::log(weight / total));
}

void MixtureDenoiser::denoise(const ObservedRows& rows) const {
  const std::int64_t K = mixture_.components(), d = mixture_.dimensions();
  ensure(rows.elements == d, "a mixture in {} dimensions was given states of {}", d, rows.elements);
  Scratch<512> memory(K * (3 * d + 1));
  for_each_observation(rows.range(0, rows.valid), [&](const ObservedRows& run) {
    if (run.observations[0].level == 0) return;
    const Table table =
        make_table(mixture_, log_weights_.data(), run.observations[0].level, memory.data());
    const std::int64_t tiles = (run.rows + width - 1) / width;
    // The d^2 operations of an axis system are a fraction of the price of a component's others.
    const std::int64_t work = K * d * (table.axes == nullptr ? 1 : (d + 7) / 8);
    const std::int64_t grain = std::max<std::int64_t>(1, parallel_work / (work * width));
    if (tiles < 2 * grain) return denoise_tiles(table, run, 0, tiles);
    at::parallel_for(0, tiles, grain, [&](std::int64_t begin, std::int64_t end) {
      denoise_tiles(table, run, begin, end);
    });
  });
}

void set_covariances(Mixture& mixture, const std::vector<double>& covariances) {
  const std::int64_t K = mixture.components(), d = mixture.dimensions();
  const at::Tensor full =
      at::from_blob(const_cast<double*>(covariances.data()), {K, d, d}, at::kDouble);
  const double asymmetry = (full - full.transpose(1, 2)).abs().max().item<double>();
  const double scale = full.abs().max().item<double>();
  require(asymmetry <= 1e-12 * scale,
          "model covariances must be symmetric; two opposite entries differ by {:g}", asymmetry);
  const at::Tensor diagonal = full.diagonal(0, 1, 2).contiguous();
  auto [variances, axes] = at::linalg_eigh(full);
  const bool rotated = (full - at::diag_embed(diagonal)).any().item<bool>();
  if (!rotated) variances = diagonal;
  const double lowest = variances.min().item<double>();
  require(lowest >= -1e-12 * scale,
          "model covariances must be positive semi-definite; found the eigenvalue {:g}", lowest);
  variances = variances.clamp_min(0).contiguous();
  axes = axes.contiguous();
  const auto copy = [](const at::Tensor& tensor) {
    const double* data = tensor.const_data_ptr<double>();
    return std::vector<double>(data, data + tensor.numel());
  };
  mixture.variances = copy(variances);
  mixture.axes = rotated ? copy(axes) : std::vector<double>{};
}

bool MixtureDenoiser::visit_law(const ComponentVisitor& visit) const {
  const auto d = static_cast<std::size_t>(mixture_.dimensions());
  for (std::size_t k = 0; k < mixture_.weights.size(); ++k)
    visit({mixture_.weights[k], std::span(mixture_.means).subspan(k * d, d),
           std::span(mixture_.variances).subspan(k * d, d),
           mixture_.axes.empty() ? std::span<const double>()
                                 : std::span(mixture_.axes).subspan(k * d * d, d * d)});
  return true;
}

}  // namespace strang
