#pragma once

#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "experiments/command_line.h"
#include "experiments/lease.h"
#include "experiments/sweep/plan.h"

namespace strang {

// What became of a cell, as its files tell.
struct CellState {
  enum class Kind { waiting, running, done, failed };

  Kind kind = Kind::waiting;
  std::string message;  // why it failed; who runs it
};

// The folder of a sweep (docs/sweeps.md):
//
//   sweep.yaml        the command line and the cells, written once
//   000/run.h5 ...    a folder for each cell; failed.yaml where it failed
//   references/       shared references
//   leases/           who works on what; gone when all is done
class SweepFolder {
 public:
  explicit SweepFolder(std::filesystem::path path) : path_(std::move(path)) {}

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path cell(std::size_t number) const;
  std::filesystem::path references() const { return path_ / "references"; }
  std::filesystem::path lease(std::size_t number) const;
  std::filesystem::path shards(std::size_t number) const { return cell(number) / "shards"; }

  // Writes sweep.yaml, or checks that the one that is there is of the same plan. Throws UsageError
  // where it is not, with the first difference. `replace` takes the new plan in any case, and
  // removes the results of its cells.
  void open(const CommandLine& line, const SweepPlan& plan, bool replace) const;

  // The command line that started the sweep, to plan it again. Throws UsageError where the folder
  // holds no sweep.
  CommandLine line() const;
  // The cells with their numbers, overrides, labels and jobs.
  std::vector<Cell> cells() const;

  CellState state(const Cell& cell) const;
  void record_failure(const Cell& cell, const std::string& message) const;
  // Forgets a failure, and shards that were why a merge failed.
  void clear_failure(const Cell& cell) const;
  // Removes what a killed process left half-written in the folder of a cell. For the holder of its
  // lease.
  void remove_temporaries(const Cell& cell) const;
  // Removes leases/ and what killed processes left in references/ and shards/, once every cell has
  // its end.
  void clean() const;

 private:
  std::filesystem::path manifest() const { return path_ / "sweep.yaml"; }
  std::string holders(std::size_t number) const;

  std::filesystem::path path_;
};

}  // namespace strang
