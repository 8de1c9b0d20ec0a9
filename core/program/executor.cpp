#include "core/program/executor.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/program/combine.h"
#include "core/program/registers.h"
#include "core/tensor.h"

namespace strang {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Real real_of(at::ScalarType type) {
  ensure(type == at::kDouble || type == at::kFloat, "states are float32 or float64, not {}",
         at::toString(type));
  return type == at::kDouble ? Real::float64 : Real::float32;
}

// Adds the time from construction to destruction.
class Stopwatch {
 public:
  explicit Stopwatch(double& total) : total_(total), start_(Clock::now()) {}
  ~Stopwatch() { total_ += seconds_since(start_); }

 private:
  double& total_;
  Clock::time_point start_;
};

// "samples 3, 7 and 12 more".
std::string list_samples(const std::vector<std::int64_t>& samples) {
  const std::size_t shown = std::min<std::size_t>(samples.size(), 5);
  std::string text = fmt::format(
      "{} {}", samples.size() == 1 ? "sample" : "samples",
      fmt::join(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (samples.size() > shown) text += fmt::format(" and {} more", samples.size() - shown);
  return text;
}

}  // namespace

// The buffers, and the operations with their pointers resolved.
class Executor::Machine {
 public:
  Machine(const Program& program, const Evaluator& evaluator, const NoiseSource& noise,
          ExecutorOptions options, Inputs inputs)
      : program_(program),
        evaluator_(evaluator),
        noise_(noise),
        options_(std::move(options)),
        inputs_(std::move(inputs)),
        registers_(program.registers, options_.microbatch) {
    plan_ = plan_buffers(program, options_.state_type, [&](const Evaluate& op) {
      return evaluator.output_type(op, options_.state_type);
    });
    std::vector<std::int64_t> shape = {options_.microbatch, program.slots};
    for (const std::int64_t size : options_.event_shape) shape.push_back(size);
    for (const at::ScalarType type : plan_.types) buffers_.push_back(at::zeros(shape, type));
    scratch_ = at::zeros(shape, options_.state_type);
    extent_ = {options_.microbatch, program.slots,
               buffers_[0].numel() / options_.microbatch / program.slots};
    unchecked_.assign(program.atoms, 0);
    code_ = compile(program.operations);
  }

  void run(std::int64_t j, std::int64_t samples, const Initial& initial, Observer& observer) {
    const Stopwatch watch(counters_.seconds_total);
    rows_ = {j * options_.microbatch,
             std::min(options_.microbatch, samples - j * options_.microbatch)};
    observer_ = &observer;
    active_.assign(options_.microbatch, 1);
    reached_ = nullptr;
    initial(atom(0), rows_);
    require_finite(atom(0));
    execute(code_);
    const at::Tensor result = state(program_.result);
    if (unchecked_[program_.result]) require_finite(result);
    const Stopwatch observing(counters_.seconds_observing);
    observer.result(result, rows_);
  }

  const Plan& plan() const { return plan_; }
  const Counters& counters() const { return counters_; }

 private:
  struct Code {
    const Operation* operation = nullptr;
    std::vector<Operand> operands;  // of a combine or a record
    std::vector<Code> body;         // of a loop
  };

  std::vector<Code> compile(const std::vector<Operation>& operations) {
    std::vector<Code> code;
    for (const Operation& operation : operations) {
      Code& line = code.emplace_back(Code{&operation, {}, {}});
      if (const auto* combine = std::get_if<Combine>(&operation))
        line.operands = resolve(combine->terms);
      if (const auto* record = std::get_if<Record>(&operation))
        line.operands = resolve(record->terms);
      if (const auto* loop = std::get_if<Loop>(&operation)) line.body = compile(loop->body);
      if (std::holds_alternative<Evaluate>(operation) || std::holds_alternative<Input>(operation))
        unchecked_[atom_written(operation)] = 1;
    }
    return code;
  }

  // Terms as arrays and numbers: free coefficients take their values, and terms of one atom join.
  std::vector<Operand> resolve(const std::vector<Term>& terms) {
    std::vector<Operand> operands;
    for (const Term& term : terms) {
      const double value = term.free == none ? 1.0 : program_.free[term.free];
      const at::Tensor& tensor = atom(term.atom);
      const double* factors = term.factor == none ? nullptr : registers_.at(term.factor);
      const Block coefficient = value * term.coefficient;
      if (coefficient.is_zero()) continue;
      if (!operands.empty() && operands.back().data == tensor.const_data_ptr() &&
          operands.back().factors == factors)
        operands.back().coefficient = operands.back().coefficient + coefficient;
      else
        operands.push_back(
            {tensor.const_data_ptr(), real_of(tensor.scalar_type()), coefficient, factors});
    }
    return operands;
  }

  const at::Tensor& atom(AtomId id) const { return buffers_[plan_.buffer[id]]; }
  // The atom in the type of the state: an evaluation may have another one.
  at::Tensor state(AtomId id) const {
    const at::Tensor& tensor = atom(id);
    return tensor.scalar_type() == options_.state_type ? tensor : tensor.to(options_.state_type);
  }
  at::Tensor atom_or_undefined(AtomId id) const { return id == none ? at::Tensor() : atom(id); }

  void execute(const std::vector<Code>& code) {
    for (const Code& line : code)
      std::visit([&](const auto& op) { step(op, line); }, *line.operation);
  }

  void step(const Combine& op, const Code& line) {
    const at::Tensor& out = atom(op.out);
    const bool finite =
        combine(extent_, line.operands, out.mutable_data_ptr(), real_of(out.scalar_type()));
    if (!finite && depth_ == 0) require_finite(out);
  }

  void step(const Evaluate& op, const Code&) {
    const Stopwatch watch(counters_.seconds_evaluating);
    const bool varying = op.time_register != none;
    const std::span<const double> times =
        varying ? std::span(registers_.at(op.time_register), options_.microbatch)
                : std::span(&op.time, 1);
    evaluator_.evaluate(op, times, state(op.in), atom(op.out), rows_);
    counters_.evaluations += std::count(active_.begin(), active_.begin() + rows_.valid, 1);
  }

  void step(const Noise& op, const Code&) { noise_.draw(op, atom(op.out), rows_); }

  void step(const Input& op, const Code&) {
    ensure(static_cast<bool>(inputs_), "the program reads '{}', but the run has no such data",
           op.name);
    inputs_(op.name, atom(op.out), rows_);
  }

  void step(const Filter& op, const Code&) {
    apply(program_.operators[op.index], atom(op.in), atom(op.out));
  }

  void step(const Select& op, const Code&) {
    const at::Tensor& out = atom(op.out);
    const at::Tensor a = state(op.a), b = state(op.b);
    select_rows(extent_, real_of(out.scalar_type()), registers_.at(op.mask), a.const_data_ptr(),
                b.const_data_ptr(), out.mutable_data_ptr());
  }

  void step(const Reduce& op, const Code&) {
    registers_.reduce(op, atom(op.a), atom_or_undefined(op.b), atom_or_undefined(op.c), rows_);
  }

  void step(const Compute& op, const Code&) { registers_.compute(op); }

  void step(const Node& op, const Code&) {
    const at::Tensor reached = state(op.state);
    if (after_loop_ || unchecked_[op.state]) require_finite(reached);
    after_loop_ = false;
    reached_ = &op;
    const Stopwatch watch(counters_.seconds_observing);
    observer_->node(op, reached, rows_);
  }

  void step(const Record& op, const Code& line) {
    const std::int64_t rows =
        std::clamp<std::int64_t>(options_.followed - rows_.first, 0, rows_.valid);
    if (rows == 0) return;
    const Stopwatch watch(counters_.seconds_observing);
    Extent followed = extent_;
    followed.rows = rows;
    combine(followed, line.operands, scratch_.mutable_data_ptr(), real_of(options_.state_type));
    observer_->record(op, scratch_.narrow(0, 0, rows), {rows_.first, rows});
  }

  void step(const Loop& op, const Code& line) {
    for (const auto& carried : op.atoms) atom(carried.id).copy_(atom(carried.initial));
    for (const auto& carried : op.registers) registers_.copy(carried.initial, carried.id);
    active_.assign(options_.microbatch, 1);
    ++depth_;
    int passes = 0;
    while (std::count(active_.begin(), active_.begin() + rows_.valid, 1) > 0) {
      if (passes++ == op.limit)
        throw Error(fmt::format("more than {} attempts after {} for {}", op.limit, reached(),
                                list_samples(still_active())));
      execute(line.body);
      count_attempts(registers_.at(op.accepted));
      advance(op);
      for (std::int64_t row = 0; row < options_.microbatch; ++row)
        active_[row] = registers_.at(op.active)[row] != 0 ? 1 : 0;
    }
    active_.assign(options_.microbatch, 1);
    --depth_;
    after_loop_ = true;
  }

  // Carried atoms and registers take their next values, all those of the pass that ended: one that
  // is the next value of another is set aside first.
  void advance(const Loop& loop) {
    std::vector<std::pair<AtomId, at::Tensor>> aside;
    for (const auto& carried : loop.atoms) {
      const bool is_carried =
          std::any_of(loop.atoms.begin(), loop.atoms.end(),
                      [&](const auto& other) { return other.id == carried.next; });
      if (carried.next != carried.id && is_carried)
        aside.emplace_back(carried.id, atom(carried.next).clone());
    }
    for (const auto& carried : loop.atoms)
      if (carried.next != carried.id) atom(carried.id).copy_(atom(carried.next));
    for (const auto& [id, value] : aside) atom(id).copy_(value);
    registers_.copy_all(loop.registers);
  }

  void count_attempts(const double* accepted) {
    for (std::int64_t row = 0; row < rows_.valid; ++row)
      if (active_[row] != 0) ++(accepted[row] != 0 ? counters_.accepted : counters_.rejected);
  }

  std::vector<std::int64_t> still_active() const {
    std::vector<std::int64_t> samples;
    for (std::int64_t row = 0; row < rows_.valid; ++row)
      if (active_[row] != 0) samples.push_back(rows_.first + row);
    return samples;
  }

  std::string reached() const {
    return reached_ == nullptr
               ? "the start"
               : fmt::format("node {} (t = {:.6g})", reached_->index, reached_->time);
  }

  // Throws with the samples whose state is not finite; padding rows do not count.
  void require_finite(const at::Tensor& state) const {
    const std::int64_t elements = rows_.valid * extent_.slots * extent_.elements;
    if (all_finite(state.const_data_ptr(), real_of(state.scalar_type()), elements)) return;
    const at::Tensor rows = state.narrow(0, 0, rows_.valid).flatten(1);
    const at::Tensor good = at::isfinite(rows).all(1);
    std::vector<std::int64_t> samples;
    for (std::int64_t row = 0; row < rows_.valid; ++row)
      if (!good[row].item<bool>()) samples.push_back(rows_.first + row);
    throw Error(fmt::format("non-finite state after {} in {}", reached(), list_samples(samples)));
  }

  const Program& program_;
  const Evaluator& evaluator_;
  const NoiseSource& noise_;
  const ExecutorOptions options_;
  const Inputs inputs_;
  Registers registers_;
  Plan plan_;
  std::vector<at::Tensor> buffers_;
  at::Tensor scratch_;
  Extent extent_;
  std::vector<Code> code_;
  std::vector<char> unchecked_;  // atoms that come from outside: checked when they become a state

  Rows rows_;
  Observer* observer_ = nullptr;
  std::vector<char> active_;  // rows whose loop goes on; all outside loops
  int depth_ = 0;             // of loops: attempts inside may overflow, they are rejected
  bool after_loop_ = false;
  const Node* reached_ = nullptr;  // the last node; null: the start
  Counters counters_;
};

Executor::Executor(const Program& program, const Evaluator& evaluator, const NoiseSource& noise,
                   ExecutorOptions options, Inputs inputs)
    : machine_(std::make_unique<Machine>(program, evaluator, noise, std::move(options),
                                         std::move(inputs))) {}
Executor::~Executor() = default;
Executor::Executor(Executor&&) noexcept = default;

void Executor::run(std::int64_t j, std::int64_t samples, const Initial& initial,
                   Observer& observer) {
  machine_->run(j, samples, initial, observer);
}

const Plan& Executor::plan() const { return machine_->plan(); }
const Counters& Executor::counters() const { return machine_->counters(); }

}  // namespace strang
