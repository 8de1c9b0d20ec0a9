#include "experiments/exact_draws.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "core/program/noise_key.h"
#include "core/program/noise_source.h"
#include "core/tensor.h"

namespace strang {
namespace {

// The law in memory, with cumulative weights.
struct Law {
  struct Component {
    std::vector<double> mean, deviations, axes;
  };
  std::vector<double> cumulative;
  std::vector<Component> components;

  explicit Law(const Model& model) {
    double total = 0;
    model.visit_law([&](const GaussianComponent& c) {
      cumulative.push_back(total += c.weight);
      Component& one = components.emplace_back();
      one.mean.assign(c.mean.begin(), c.mean.end());
      one.axes.assign(c.axes.begin(), c.axes.end());
      for (const double v : c.variances) one.deviations.push_back(std::sqrt(v));
    });
  }

  // From d + 1 normal draws: the first one chooses the component.
  void draw(const std::vector<double>& z, std::vector<double>& x) const {
    const double position = 0.5 * std::erfc(-z[0] / std::sqrt(2.0)) * cumulative.back();
    const auto found = std::upper_bound(cumulative.begin(), cumulative.end(), position);
    const auto last = static_cast<std::ptrdiff_t>(cumulative.size()) - 1;
    const Component& c = components[std::min(found - cumulative.begin(), last)];
    const std::size_t d = c.mean.size();
    x = c.mean;
    for (std::size_t j = 0; j < d; ++j) {
      const double along = c.deviations[j] * z[j + 1];
      if (c.axes.empty()) x[j] += along;
      for (std::size_t i = 0; i < d && !c.axes.empty(); ++i) x[i] += c.axes[i * d + j] * along;
    }
  }
};

}  // namespace

Executor::Initial make_exact_initial(const Spec& spec, const Grid& grid, const Model& model) {
  const auto law = std::make_shared<const Law>(model);
  const auto seed = static_cast<std::uint64_t>(spec.seed);
  const Block mean = grid.process().mean(grid[0]), root = grid.process().root(grid[0]);
  const std::uint64_t key = hash({seed, Domain::initial, 0, 0, 1});
  return [law, seed, mean, root, key](const at::Tensor& out, Rows rows) {
    const at::Tensor noise = at::empty(out.sizes(), out.options().dtype(at::kDouble));
    KeyedNoise(seed).draw(Noise{.domain = Domain::initial}, noise, rows);
    const std::int64_t slots = out.size(1), d = out.numel() / out.size(0) / slots;
    at::Tensor data = at::zeros({out.size(0), d}, at::kDouble);
    std::vector<double> z(static_cast<std::size_t>(d) + 1), x;
    for (std::int64_t row = 0; row < rows.valid; ++row) {
      draw_normals(key, rows.first + row, d + 1, z.data());
      law->draw(z, x);
      std::copy(x.begin(), x.end(), data.mutable_data_ptr<double>() + row * d);
    }
    data = data.reshape(out.select(1, 0).sizes());
    for (int r = 0; r < slots; ++r) {
      at::Tensor slot = mean(r, 0) * data;
      for (int c = 0; c < slots; ++c) slot = slot + root(r, c) * noise.select(1, c);
      out.select(1, r).copy_(slot);
    }
  };
}

}  // namespace strang
