#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/text_table.h"
#include "experiments/sweep/worker.h"

namespace strang {

// Prints a row of a table to standard error for every cell when it ends, with the time that is
// left.
class LiveTable final : public SweepObserver {
 public:
  explicit LiveTable(const SweepPlan& plan);

  void ran(const Cell& cell, const analysis::RunSummary& summary) override;
  void progress(std::size_t settled, std::size_t cells) override;

  // The cells that this process has run.
  const std::set<std::size_t>& cells_run() const { return run_; }

 private:
  void header();
  std::string time_left() const;

  std::map<std::size_t, double> nfe_;  // of the cells that this process has not met yet
  int label_width_ = 3;
  bool headed_ = false;
  double nfe_run_ = 0, seconds_ = 0;
  std::size_t settled_ = 0, cells_ = 0;
  std::set<std::size_t> run_;
};

// Seconds that one network evaluation of the cell takes for all its samples, from a short run of
// its sampler; NaN where that fails.
double measure_evaluation(const Cell& cell, const Composer& composer, const Registry& registry);

// One row a cell with its cost, and one for each shared reference; seconds are estimated from
// measured evaluations, one for each model and process.
analysis::TextTable make_plan_table(const SweepPlan& plan, const Composer& composer,
                                    const Registry& registry);

// One row a cell: done, failed, running, waiting.
analysis::TextTable make_status_table(const SweepFolder& folder, const std::vector<Cell>& cells);

}  // namespace strang
