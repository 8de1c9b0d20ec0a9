#include "core/program/executor.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/program/kernels.h"
#include "core/program/registers.h"
#include "core/tensor.h"

namespace strang {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
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
        evaluator_runs_here_(evaluator.runs_on(options_.device)),
        noise_runs_here_(noise.runs_on(options_.device)),
        inputs_(std::move(inputs)),
        kernels_(kernels_on(options_.device)),
        registers_(program.registers, options_.microbatch, options_.device) {
    plan_ = plan_buffers(program, options_.state_type, [&](const Evaluate& op) {
      return evaluator.output_type(op, options_.state_type);
    });
    std::vector<std::int64_t> shape = {options_.microbatch, program.slots};
    for (const std::int64_t size : options_.event_shape) shape.push_back(size);
    const auto memory = at::TensorOptions().device(options_.device);
    for (const at::ScalarType type : plan_.types)
      buffers_.push_back(at::empty(shape, memory.dtype(type)));
    scratch_ = at::empty(shape, memory.dtype(options_.state_type));
    extent_ = extent_of(scratch_);
    not_finite_ = at::empty({options_.microbatch}, memory.dtype(at::kInt));
    marks_ = not_finite_.mutable_data_ptr<int>();
    for (const LinearOperator& op : program.operators) gains_.push_back(gains_beside(op, scratch_));
    unchecked_.assign(program.atoms, 0);
    code_ = compile(program.operations);
  }

  void run(std::int64_t j, std::int64_t samples, const Initial& initial, Observer& observer) {
    start(j, samples, initial, observer);
    advance(program_.operations.size());
    const at::Tensor result = state(program_.result);
    const Stopwatch watch(counters_.seconds_total);
    if (unchecked_[program_.result]) check(result);
    if (runs_behind()) require_finite();
    const Stopwatch observing(counters_.seconds_observing);
    observer.result(on_host(result), rows_);
  }

  void start(std::int64_t j, std::int64_t samples, const Initial& initial, Observer& observer) {
    const Stopwatch watch(counters_.seconds_total);
    rows_ = {j * options_.microbatch,
             std::min(options_.microbatch, samples - j * options_.microbatch)};
    for (const at::Tensor& buffer : buffers_)  // evaluations leave padding rows as they are
      buffer.narrow(0, rows_.valid, options_.microbatch - rows_.valid).zero_();
    observer_ = &observer;
    active_.assign(options_.microbatch, 1);
    reached_.clear();
    runs_behind() ? void(not_finite_.fill_(Watch::unmarked))
                  : void(std::fill_n(marks_, options_.microbatch, Watch::unmarked));
    write(atom(0), false, [&](const at::Tensor& out) { initial(out, rows_); });
    check(atom(0));
    next_ = 0;
  }

  void advance(std::size_t operation) {
    const Stopwatch watch(counters_.seconds_total);
    const Operation* end = program_.operations.data() + operation;  // a line may hold several
    for (; next_ < code_.size() && code_[next_].operation < end; ++next_)
      std::visit([&](const auto& op) { step(op, code_[next_]); }, *code_[next_].operation);
  }

  void update() { update(code_); }

  const Plan& plan() const { return plan_; }
  const Counters& counters() const { return counters_; }

 private:
  struct Code {
    const Operation* operation = nullptr;
    std::vector<Operand> operands;  // of a combine or a record
    std::vector<Compute> compute;   // a scalar instruction and those that follow it directly
    std::vector<Code> body;         // of a loop
  };

  std::vector<Code> compile(const std::vector<Operation>& operations) {
    std::vector<Code> code;
    for (const Operation& operation : operations) {
      const auto* compute = std::get_if<Compute>(&operation);
      if (compute != nullptr && !code.empty() && !code.back().compute.empty()) {
        code.back().compute.push_back(*compute);
        continue;
      }
      Code& line = code.emplace_back(Code{&operation, {}, {}, {}});
      if (compute != nullptr) line.compute = {*compute};
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

  void update(std::vector<Code>& code) {
    for (Code& line : code) {
      update(line.body);
      const auto* combine = std::get_if<Combine>(line.operation);
      if (combine != nullptr && std::any_of(combine->terms.begin(), combine->terms.end(),
                                            [](const Term& term) { return term.free != none; }))
        line.operands = resolve(combine->terms);
    }
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

  bool runs_behind() const { return options_.device != at::kCPU; }
  at::Tensor on_host(const at::Tensor& tensor) const {
    return runs_behind() ? tensor.cpu() : tensor;
  }

  // Lets f(out) write an atom; in host memory, and then copied, unless it `runs_here`.
  template <class F>
  void write(const at::Tensor& out, bool runs_here, F f) const {
    if (runs_here || !runs_behind()) return f(out);
    const at::Tensor host = at::empty(out.sizes(), out.scalar_type());
    f(host);
    out.copy_(host);
  }

  void execute(const std::vector<Code>& code) {
    for (const Code& line : code)
      std::visit([&](const auto& op) { step(op, line); }, *line.operation);
  }

  void step(const Combine& op, const Code& line) {
    const at::Tensor& out = atom(op.out);
    const bool finite =
        kernels_.combine(extent_, line.operands, out.mutable_data_ptr(), real_of(out.scalar_type()),
                         depth_ == 0 ? watch() : Watch{});
    if (!finite && depth_ == 0) require_finite();
  }

  void step(const Evaluate& op, const Code&) {
    const Stopwatch watch(counters_.seconds_evaluating);
    const bool varying = op.time_register != none;
    const std::span<const double> times =
        varying ? registers_.fetch(op.time_register) : std::span(&op.time, 1);
    const at::Tensor in = evaluator_runs_here_ ? state(op.in) : on_host(state(op.in));
    write(atom(op.out), evaluator_runs_here_,
          [&](const at::Tensor& out) { evaluator_.evaluate(op, times, in, out, rows_); });
    counters_.evaluations += std::count(active_.begin(), active_.begin() + rows_.valid, 1);
  }

  void step(const Noise& op, const Code&) {
    write(atom(op.out), noise_runs_here_,
          [&](const at::Tensor& out) { noise_.draw(op, out, rows_); });
  }

  void step(const Input& op, const Code&) {
    ensure(static_cast<bool>(inputs_), "the program reads '{}', but the run has no such data",
           op.name);
    write(atom(op.out), false, [&](const at::Tensor& out) { inputs_(op.name, out, rows_); });
  }

  void step(const Filter& op, const Code&) {
    apply(program_.operators[op.index], gains_[op.index], atom(op.in), atom(op.out));
  }

  void step(const Select& op, const Code&) {
    const at::Tensor& out = atom(op.out);
    const at::Tensor a = state(op.a), b = state(op.b);
    kernels_.select_rows(extent_, real_of(out.scalar_type()), registers_.at(op.mask),
                         a.const_data_ptr(), b.const_data_ptr(), out.mutable_data_ptr());
  }

  void step(const Reduce& op, const Code&) {
    registers_.reduce(op, atom(op.a), atom_or_undefined(op.b), atom_or_undefined(op.c), rows_);
  }

  void step(const Compute&, const Code& line) { registers_.compute(line.compute); }

  void step(const Node& op, const Code&) {
    const at::Tensor reached = state(op.state);
    if (after_loop_ || unchecked_[op.state]) check(reached);
    after_loop_ = false;
    const Stopwatch watch(counters_.seconds_observing);
    const std::int64_t wanted = runs_behind() ? observer_->rows_wanted(op, rows_) : 0;
    if (wanted > 0) require_finite();
    reached_.push_back(&op);
    observer_->node(op, runs_behind() ? reached.narrow(0, 0, wanted).cpu() : reached, rows_);
  }

  void step(const Record& op, const Code& line) {
    const std::int64_t rows =
        std::clamp<std::int64_t>(options_.followed - rows_.first, 0, rows_.valid);
    if (rows == 0) return;
    const Stopwatch watch(counters_.seconds_observing);
    Extent followed = extent_;
    followed.rows = rows;
    kernels_.combine(followed, line.operands, scratch_.mutable_data_ptr(),
                     real_of(options_.state_type), Watch{});
    observer_->record(op, on_host(scratch_.narrow(0, 0, rows)), {rows_.first, rows});
  }

  void step(const Loop& op, const Code& line) {
    for (const auto& carried : op.atoms) atom(carried.id).copy_(atom(carried.initial));
    for (const auto& carried : op.registers) registers_.copy(carried.initial, carried.id);
    if (runs_behind()) require_finite();
    const std::vector<char> outer = active_;
    ++depth_;
    int passes = 0;
    while (std::count(active_.begin(), active_.begin() + rows_.valid, 1) > 0) {
      if (passes++ == op.limit)
        throw Error(fmt::format("more than {} attempts after {} for {}", op.limit,
                                reached(reached_.size()), list_samples(still_active())));
      execute(line.body);
      count_attempts(registers_.fetch(op.accepted));
      advance(op);
      const std::span<const double> active = registers_.fetch(op.active);
      for (std::int64_t row = 0; row < options_.microbatch; ++row)
        active_[row] = outer[row] != 0 && active[row] != 0 ? 1 : 0;
    }
    active_ = outer;
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

  void count_attempts(std::span<const double> accepted) {
    for (std::int64_t row = 0; row < rows_.valid; ++row)
      if (active_[row] != 0) ++(accepted[row] != 0 ? counters_.accepted : counters_.rejected);
  }

  std::vector<std::int64_t> still_active() const {
    std::vector<std::int64_t> samples;
    for (std::int64_t row = 0; row < rows_.valid; ++row)
      if (active_[row] != 0) samples.push_back(rows_.first + row);
    return samples;
  }

  // The last of the first `count` nodes that were reached.
  std::string reached(std::size_t count) const {
    if (count == 0) return "the start";
    return fmt::format("node {} (t = {:.6g})", reached_[count - 1]->index,
                       reached_[count - 1]->time);
  }

  // Rows that become non-finite from now on are marked with how many nodes had been reached.
  Watch watch() const { return {marks_, static_cast<int>(reached_.size())}; }

  void check(const at::Tensor& state) const {
    if (!kernels_.check(extent_, state.const_data_ptr(), real_of(state.scalar_type()), watch()))
      require_finite();
  }

  // Throws with the samples that were the first to be marked; padding rows do not count.
  void require_finite() const {
    std::vector<int> marks(options_.microbatch);
    kernels_.fetch(marks_, marks.data(), marks.size() * sizeof(int));
    const int first = *std::min_element(marks.begin(), marks.begin() + rows_.valid);
    if (first == Watch::unmarked) return;
    std::vector<std::int64_t> samples;
    for (std::int64_t row = 0; row < rows_.valid; ++row)
      if (marks[row] == first) samples.push_back(rows_.first + row);
    throw Error(
        fmt::format("non-finite state after {} in {}", reached(first), list_samples(samples)));
  }

  const Program& program_;
  const Evaluator& evaluator_;
  const NoiseSource& noise_;
  const ExecutorOptions options_;
  const bool evaluator_runs_here_, noise_runs_here_;  // on the run's device
  const Inputs inputs_;
  const Kernels& kernels_;
  Registers registers_;
  Plan plan_;
  std::vector<at::Tensor> buffers_;
  at::Tensor scratch_;
  at::Tensor not_finite_;  // of each row: the smallest mark of its non-finite results (Watch)
  int* marks_ = nullptr;   // its memory
  std::vector<at::Tensor> gains_;  // of the linear operators
  Extent extent_;
  std::vector<Code> code_;
  std::vector<char> unchecked_;  // atoms that come from outside: checked when they become a state

  Rows rows_;
  std::size_t next_ = 0;  // the line of code_ to execute
  Observer* observer_ = nullptr;
  std::vector<char> active_;  // rows whose loops go on; all outside loops
  int depth_ = 0;             // of loops: attempts inside may overflow, they are rejected
  bool after_loop_ = false;
  std::vector<const Node*> reached_;  // since the start, in order
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

void Executor::start(std::int64_t j, std::int64_t samples, const Initial& initial,
                     Observer& observer) {
  machine_->start(j, samples, initial, observer);
}
void Executor::advance(std::size_t operation) { machine_->advance(operation); }
void Executor::update() { machine_->update(); }

const Plan& Executor::plan() const { return machine_->plan(); }
const Counters& Executor::counters() const { return machine_->counters(); }

}  // namespace strang
