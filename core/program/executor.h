#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/program/evaluator.h"
#include "core/program/noise_source.h"
#include "core/program/plan.h"
#include "core/program/program.h"

namespace strang {

// Sees a run. All tensors are in host memory, valid during the call: views of the executor's
// buffers with padding rows included, or, from other devices, copies of the rows that are wanted.
class Observer {
 public:
  virtual ~Observer() = default;
  // How many rows of the state at a node it looks at. Only these leave another device, and with 0
  // the host does not wait for it.
  virtual std::int64_t rows_wanted(const Node&, Rows rows) const { return rows.valid; }
  // The state [batch, slot, event...] at a node.
  virtual void node(const Node&, const at::Tensor& /*state*/, Rows) {}
  // Values of a record for the first `followed` rows of the micro-batch, in the type of the state.
  virtual void record(const Record&, const at::Tensor& /*value*/, Rows) {}
  // The result of the program.
  virtual void result(const at::Tensor& /*state*/, Rows) {}
};

struct ExecutorOptions {
  std::int64_t microbatch = 256;  // rows of every buffer; runs of fewer samples are padded
  at::ScalarType state_type = at::kDouble;
  std::vector<std::int64_t> event_shape;
  std::int64_t followed = 0;  // records are formed for samples [0, followed)
  at::DeviceType device = at::kCPU;
};

// What a run did, summed over samples.
struct Counters {
  std::int64_t evaluations = 0;  // network evaluations times samples
  std::int64_t accepted = 0;     // steps of adaptive loops times samples
  std::int64_t rejected = 0;
  double seconds_evaluating = 0;
  double seconds_observing = 0;
  double seconds_total = 0;
};

// Runs a program on micro-batches of a fixed, padded size. Micro-batch j is always samples [j B, (j
// + 1) B), so that the bits of a sample do not depend on how a run was split. All memory is
// allocated at construction.
//
// On CUDA buffers and registers are in the GPU's memory, and the host does not wait for it between
// nodes, except where it has to know numbers: at evaluations by an Evaluator, and draws by a
// NoiseSource, that does not run there; once for each pass of a loop; and at evaluations with a
// time for each row. The bits are those of the CPU, as far as those of the evaluator are.
class Executor {
 public:
  // Writes the initial state [batch, slot, event...] of the rows, padding included.
  using Initial = std::function<void(const at::Tensor& out, Rows rows)>;
  // Gives the rows of per-sample data that a program asks for by name.
  using Inputs = std::function<void(const std::string& name, const at::Tensor& out, Rows rows)>;

  // `program`, `evaluator` and `noise` must outlive the executor.
  Executor(const Program& program, const Evaluator& evaluator, const NoiseSource& noise,
           ExecutorOptions options, Inputs inputs = {});
  ~Executor();
  Executor(Executor&&) noexcept;

  // Runs micro-batch j of a run of `samples` samples. Throws Error when a state becomes non-finite,
  // naming samples, node and time; what the observer saw until then is valid. On CUDA this is found
  // at the next node of which the observer wants rows, or at the end, with the same message.
  void run(std::int64_t j, std::int64_t samples, const Initial& initial, Observer& observer);

  // The same in pieces: `start`, then `advance` up to an operation of the program (not beyond its
  // end; the result is not reported). Between pieces the program's free coefficients may change:
  // `update` reads them anew.
  void start(std::int64_t j, std::int64_t samples, const Initial& initial, Observer& observer);
  void advance(std::size_t operation);
  void update();

  const Plan& plan() const;
  const Counters& counters() const;

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace strang
