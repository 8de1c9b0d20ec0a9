#include "core/program/plan.h"

#include <algorithm>
#include <map>

namespace strang {
namespace {

class Planner {
 public:
  Planner(const Program& program, at::ScalarType state_type,
          const std::function<at::ScalarType(const Evaluate&)>& evaluation_type)
      : state_type_(state_type), evaluation_type_(evaluation_type) {
    plan_.buffer.assign(program.atoms, none);
  }

  Plan run(const Program& program) {
    allocate(0, state_type_);
    run_list(program.operations, {program.result});
    return std::move(plan_);
  }

 private:
  // Plans a list of operations; atoms in `kept` stay alive after its end.
  void run_list(const std::vector<Operation>& operations, const std::vector<AtomId>& kept) {
    std::map<AtomId, std::size_t> last_read;
    for (std::size_t i = 0; i < operations.size(); ++i)
      for (const AtomId atom : atoms_read(operations[i])) last_read[atom] = i;
    for (const AtomId atom : kept) last_read[atom] = operations.size();

    std::vector<AtomId> mine;  // written in this list (or the initial state): freed here
    if (plan_.buffer.size() > 0 && depth_ == 0) mine.push_back(0);
    ++depth_;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      const auto dies = [&](AtomId atom) {
        return std::find(mine.begin(), mine.end(), atom) != mine.end() && last_read[atom] <= i;
      };
      run_operation(operations[i], dies, mine);
      for (const AtomId atom : std::vector<AtomId>(mine))
        if (last_read[atom] <= i) {
          release(atom);
          std::erase(mine, atom);
        }
    }
    --depth_;
    if (depth_ > 0)  // the end of a loop's body: what it made may be overwritten by the next pass
      for (const AtomId atom : mine) release(atom);
  }

  template <class Dies>
  void run_operation(const Operation& operation, const Dies& dies, std::vector<AtomId>& mine) {
    if (const Loop* loop = std::get_if<Loop>(&operation)) {
      std::vector<AtomId> next;
      for (const auto& carried : loop->atoms) {
        allocate(carried.id, state_type_);
        mine.push_back(carried.id);
        next.push_back(carried.next);
      }
      run_list(loop->body, next);
      return;
    }
    const AtomId out = atom_written(operation);
    if (out == none) return;
    const Evaluate* evaluate = std::get_if<Evaluate>(&operation);
    const at::ScalarType type = evaluate != nullptr ? evaluation_type_(*evaluate) : state_type_;
    if (evaluate == nullptr) {  // in place over an operand that is read for the last time
      for (const AtomId atom : atoms_read(operation)) {
        if (!dies(atom) || plan_.types[plan_.buffer[atom]] != type) continue;
        plan_.buffer[out] = plan_.buffer[atom];
        std::erase(mine, atom);
        mine.push_back(out);
        return;
      }
    }
    allocate(out, type);
    mine.push_back(out);
  }

  void allocate(AtomId atom, at::ScalarType type) {
    const auto free = std::find_if(free_.begin(), free_.end(),
                                   [&](int buffer) { return plan_.types[buffer] == type; });
    if (free != free_.end()) {
      plan_.buffer[atom] = *free;
      free_.erase(free);
      return;
    }
    plan_.buffer[atom] = plan_.buffers();
    plan_.types.push_back(type);
  }

  void release(AtomId atom) { free_.push_back(plan_.buffer[atom]); }

  at::ScalarType state_type_;
  const std::function<at::ScalarType(const Evaluate&)>& evaluation_type_;
  Plan plan_;
  std::vector<int> free_;
  int depth_ = 0;
};

}  // namespace

Plan plan_buffers(const Program& program, at::ScalarType state_type,
                  const std::function<at::ScalarType(const Evaluate&)>& evaluation_type) {
  return Planner(program, state_type, evaluation_type).run(program);
}

}  // namespace strang
