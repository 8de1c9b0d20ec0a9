#pragma once

#include <vector>

#include "core/sampling/process.h"

namespace strang {

// The times of a sampling run, from noise to data: strictly decreasing process times t[0] > ... >
// t[steps()]. It knows its process, so that an integrator can ask for alpha, sigma and log-SNR at
// the nodes.
class Grid {
 public:
  // Throws UsageError unless there are two or more finite, strictly decreasing times, none below
  // process.time().begin.
  Grid(const Process& process, std::vector<double> times);

  int steps() const { return static_cast<int>(times_.size()) - 1; }
  double operator[](int i) const { return times_[i]; }
  const std::vector<double>& times() const { return times_; }
  const Process& process() const { return *process_; }

  // Whether the score exists at node i: false where the noise level is zero.
  bool evaluable(int i) const;
  // Whether node i is the last one of the whole run; on a refined interval, of the run it was cut
  // from.
  bool is_run_end(int i) const { return ends_run_ && i == steps(); }

  // One-slot processes.
  double alpha(int i) const;
  double sigma(int i) const;
  double log_snr(int i) const;
  double log_snr_step(int i) const { return log_snr(i + 1) - log_snr(i); }

  // The interval [t[i], t[i + 1]] cut into `parts` steps of equal length in time.
  Grid refine(int i, int parts) const;
  // The same interval with given times, the first and last of which are t[i] and t[i + 1].
  Grid refine(int i, std::vector<double> times) const;
  // One step from `from` to `to`.
  Grid step(double from, double to) const;

 private:
  Grid(const Process& process, std::vector<double> times, bool ends_run);

  const Process* process_;
  std::vector<double> times_;
  bool ends_run_ = true;
};

}  // namespace strang
