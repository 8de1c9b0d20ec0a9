#include "core/sampling/grid.h"

#include <cmath>
#include <utility>

#include "core/error.h"

namespace strang {

Grid::Grid(const Process& process, std::vector<double> times, bool ends_run)
    : process_(&process), times_(std::move(times)), ends_run_(ends_run) {
  require(times_.size() >= 2, "a grid needs at least two times, found {}", times_.size());
  for (std::size_t i = 0; i < times_.size(); ++i) {
    require(std::isfinite(times_[i]), "time {} of the grid is {}: times must be finite", i,
            times_[i]);
    require(i == 0 || times_[i] < times_[i - 1],
            "times of the grid must strictly decrease, from noise to data: time {} is {}, time {} "
            "is {}",
            i - 1, i == 0 ? 0.0 : times_[i - 1], i, times_[i]);
  }
  require(times_.back() >= process.time().begin, "the grid ends at {}, before the data at {}",
          times_.back(), process.time().begin);
}

Grid::Grid(const Process& process, std::vector<double> times)
    : Grid(process, std::move(times), true) {}

bool Grid::evaluable(int i) const {
  const Block root = process_->root(times_[i]);
  for (int slot = 0; slot < root.slots(); ++slot)
    if (!(root(slot, slot) > 0)) return false;
  return true;
}

double Grid::alpha(int i) const { return process_->mean(times_[i]).value(); }
double Grid::sigma(int i) const { return process_->root(times_[i]).value(); }
double Grid::log_snr(int i) const { return strang::log_snr(*process_, times_[i]); }

Grid Grid::refine(int i, int parts) const {
  std::vector<double> times;
  for (int m = 0; m < parts; ++m)
    times.push_back(times_[i] + m * ((times_[i + 1] - times_[i]) / parts));
  times.push_back(times_[i + 1]);
  return refine(i, std::move(times));
}

Grid Grid::refine(int i, std::vector<double> times) const {
  return Grid(*process_, std::move(times), is_run_end(i + 1));
}

Grid Grid::step(double from, double to) const {
  return Grid(*process_, {from, to}, to == times_.back());
}

}  // namespace strang
