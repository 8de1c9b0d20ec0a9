#pragma once

#include <mutex>
#include <string>

#include "core/program/executor.h"
#include "core/program/program.h"
#include "core/terminal/progress.h"

namespace strang {

// Shows how far a run is, in nodes times samples, and passes everything on to another observer.
class ProgressObserver final : public Observer {
 public:
  // `next` must outlive this.
  ProgressObserver(Observer& next, const std::string& label, const Program& program,
                   std::int64_t samples)
      : next_(next),
        progress_(label, "sample steps", node_count(program) * samples,
                  terminal::ProgressSink::standard_error()) {}

  std::int64_t rows_wanted(const Node& node, Rows rows) const override {
    return next_.rows_wanted(node, rows);
  }
  void node(const Node& node, const at::Tensor& state, Rows rows) override {
    next_.node(node, state, rows);
    const std::lock_guard lock(mutex_);
    progress_.advance(rows.valid);
  }
  void record(const Record& record, const at::Tensor& value, Rows rows) override {
    next_.record(record, value, rows);
  }
  void result(const at::Tensor& state, Rows rows) override { next_.result(state, rows); }

  void finish() { progress_.finish(); }

 private:
  static std::int64_t node_count(const Program& program) {
    std::int64_t count = 0;
    for_each_operation(program.operations, [&](const Operation& operation) {
      count += std::holds_alternative<Node>(operation) ? 1 : 0;
    });
    return count;
  }

  Observer& next_;
  std::mutex mutex_;
  terminal::Progress progress_;
};

}  // namespace strang
