// A subset of the T integer times of a discrete process (vp_discrete), respaced to fewer steps;
// index i is the time (i + 1) / T of a process on [0, 1]. With n steps from T indices (the names
// are those of the diffusers library; Lin et al. 2024, table 2):
//   leading    i_k = k floor(T / n) + offset                 Song et al. 2021, released DDIM
//   trailing   i_k = round(T (k + 1) / n) - 1                starts at the last index
//   linspace   i_k = round(k (T - 1) / (n - 1))              holds both ends
//   quadratic  i_k = floor((k / (n - 1))^2 0.8 T) + offset   Song et al. 2021, for CIFAR-10
// for k = n - 1, ..., 0. The last step goes to the data, or to index 0 (`set_alpha_to_one: false`).

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/plugin.h"

namespace strang {
namespace {

class Discrete final : public Schedule {
 public:
  void fields(OptionVisitor& v) {
    v.field("train_steps", train_steps_, "T, the number of indices of the process").in(2, 1e6);
    v.field("spacing", spacing_, "which indices")
        .one_of({"leading", "trailing", "linspace", "quadratic"});
    v.field("offset", offset_, "added to the indices of leading and quadratic").at_least(0);
    v.field("last", last_, "where the last step goes: zero noise, or index 0")
        .one_of({"zero", "first"});
  }

  std::vector<double> times(const Process& process, int steps) const override {
    require(steps <= train_steps_, "a discrete schedule of {} indices has no grid of {} steps",
            train_steps_, steps);
    std::vector<double> times;
    for (int k = steps - 1; k >= 0; --k) times.push_back(time(process, index(k, steps)));
    times.push_back(last_ == "zero" ? process.time().begin : time(process, 0));
    for (int i = 0; i < steps; ++i)
      require(times[i] > times[i + 1] && times[i] <= process.time().end,
              "spacing {} with {} steps and offset {} gives index {} at step {}, which is {}",
              spacing_, steps, offset_, index(steps - 1 - i, steps), i,
              times[i] > process.time().end ? "beyond the last" : "not above the one that follows");
    return times;
  }

 private:
  double time(const Process& process, std::int64_t index) const {
    return process.time().end * static_cast<double>(index + 1) / static_cast<double>(train_steps_);
  }

  std::int64_t index(int k, int steps) const {
    const double T = static_cast<double>(train_steps_), n = steps;
    if (spacing_ == "leading") return k * (train_steps_ / steps) + offset_;
    if (spacing_ == "trailing") return std::lrint(T * (k + 1) / n) - 1;
    const double last = std::max(steps - 1, 1);
    if (spacing_ == "linspace") return std::lrint(k * (T - 1) / last);
    return static_cast<std::int64_t>(k * (0.8 * T * k) / (last * last)) + offset_;
  }

  std::int64_t train_steps_ = 1000;
  std::string spacing_ = "leading";
  std::int64_t offset_ = 0;
  std::string last_ = "zero";
};

}  // namespace
}  // namespace strang

STRANG_SCHEDULE(discrete, Discrete,
                "respaced integer times (Song et al. 2021; Lin et al. 2024, table 2)");
