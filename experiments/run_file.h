#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/program/executor.h"
#include "core/store/part_file.h"
#include "experiments/errors.h"
#include "experiments/experiment.h"
#include "experiments/repeater.h"

namespace strang {

// Writes one run to HDF5 while it happens (docs/run_file.md). The file appears under its name when
// `finish` returns; until then `<path>.part` holds what was logged. It is flushed every two
// seconds, from a thread of its own: an evaluation may take longer. A flush that fails ends the run
// at its next node.
class RunFile final : public Observer {
 public:
  // `file` comes from start_run_file. `errors` may be null; it sees every node before this. All
  // outlive this.
  RunFile(store::PartFile& file, const Experiment& experiment, const ErrorRecorder* errors);
  ~RunFile() override;  // what was logged is in the file, whatever became of the run

  std::int64_t rows_wanted(const Node& node, Rows rows) const override;
  void node(const Node& node, const at::Tensor& state, Rows rows) override;
  void record(const Record& record, const at::Tensor& value, Rows rows) override;
  void result(const at::Tensor& state, Rows rows) override;

  // Nothing comes any more: writes what is left, and leaves HDF5 to the caller's thread. Throws
  // what a flush threw.
  void end_logging();
  // After `end_logging`. Writes the cost; calls `extend`, if there is one, with the root of the
  // file, for what else belongs there; and gives the file its name.
  void finish(const Counters& counters, const std::function<void(store::Group& root)>& extend = {});

 private:
  std::vector<store::Axis> state_axes(std::vector<store::Axis> lead) const;
  std::int64_t followed(Rows rows) const;  // rows that the trajectory takes
  void create_datasets();
  void write_rows(store::Dataset& dataset, std::int64_t index, const at::Tensor& state, Rows rows);
  void write_errors();
  void write_errors(Rows rows);
  void write_cost(const Counters& counters);

  const Experiment& experiment_;
  const ErrorRecorder* errors_;
  store::PartFile& file_;
  std::mutex mutex_;
  std::optional<store::Dataset> samples_, trajectory_, evaluation_input_, evaluation_data_;
  std::vector<store::Dataset> error_datasets_;
  std::vector<Rows> unwritten_errors_;
  std::optional<Repeater> flusher_;  // the last member: it uses the others
};

}  // namespace strang
