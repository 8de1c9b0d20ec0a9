#pragma once

#include <vector>

#include "core/program/executor.h"
#include "core/tensor.h"

// What the tests of programs run on: a bounded, non-linear field of its own, and an observer that
// keeps all it sees.
namespace strang::test {

// out = x / (1 + |x|) + time; guidance is written in float32, whatever the state.
class Squash final : public Evaluator {
 public:
  at::ScalarType output_type(const Evaluate& op, at::ScalarType state) const override {
    return op.part == Part::guidance ? at::kFloat : state;
  }
  void evaluate(const Evaluate&, std::span<const double> times, const at::Tensor& in,
                const at::Tensor& out, Rows) const override {
    for (std::int64_t row = 0; row < in.size(0); ++row)
      out[row].copy_(in[row] / (1 + in[row].abs()) + times[times.size() == 1 ? 0 : row]);
  }
};

struct Seen {
  Node node;
  at::Tensor state;
};

class Recorder final : public Observer {
 public:
  void node(const Node& node, const at::Tensor& state, Rows) override {
    nodes.push_back({node, state.clone()});
  }
  void record(const Record& record, const at::Tensor& value, Rows rows) override {
    names.push_back(record.name);
    records.push_back(value.clone());
    followed.push_back(rows);
  }
  void result(const at::Tensor& state, Rows) override { final = state.clone(); }

  std::vector<Seen> nodes;
  std::vector<std::string> names;
  std::vector<at::Tensor> records;
  std::vector<Rows> followed;
  at::Tensor final;
};

inline at::Tensor start(std::int64_t rows, int slots, std::int64_t elements,
                        at::ScalarType type = at::kDouble) {
  return (1.7 * at::arange(rows * slots * elements, at::kDouble))
      .sin()
      .view({rows, slots, elements})
      .to(type);
}

// Runs micro-batch 0 of `samples` (0: all rows of `u`) from the state `u`.
inline Recorder execute(const Program& program, const at::Tensor& u, std::int64_t samples = 0,
                        Executor::Inputs inputs = {}) {
  const Squash field;
  const KeyedNoise noise(3);
  Executor executor(program, field, noise,
                    {u.size(0), u.scalar_type(), u.sizes().slice(2).vec(), 2}, std::move(inputs));
  Recorder recorder;
  executor.run(
      0, samples == 0 ? u.size(0) : samples, [&](const at::Tensor& out, Rows) { out.copy_(u); },
      recorder);
  return recorder;
}

}  // namespace strang::test
