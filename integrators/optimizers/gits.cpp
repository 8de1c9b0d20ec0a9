// GITS (Chen et al. 2024, algorithm 1): the times of a run are chosen among those of a fine teacher
// grid by dynamic programming. The cost of a jump from teacher point j to k is the error of one
// Euler step there: its distance from the teacher's state (l1, l2), or the difference of their
// distances from the straight line between the teacher's ends (`deviation`, the default of released
// code). V(j, 1) = cost(j, end), V(j, n) = min over i of cost(j, i) + gamma V(i, n - 1). One-slot
// processes. A step to zero noise is kept.

#include <limits>

#include "core/plugin.h"
#include "integrators/common/teacher.h"

namespace strang {
namespace {

struct Gits {
  std::int64_t samples = 256;
  int teacher_steps = 60;
  config::Node teacher;
  double gamma = 1.15;
  std::string metric = "deviation";
  config::Node initial;

  void fields(OptionVisitor& v) {
    v.field("samples", samples, "initial states of the teacher").at_least(1);
    v.field("teacher_steps", teacher_steps,
            "steps of the teacher grid, a step to zero noise not counted")
        .at_least(2);
    v.field("teacher", teacher, "integrator of the teacher; null: iPNDM");
    v.field("gamma", gamma, "weight of what follows a jump").above(0);
    v.field("metric", metric, "cost of a jump").one_of({"l1", "l2", "deviation"});
    v.field("initial", initial, "null: draws of the prior of their own, or {file, dataset, scale}");
  }

  std::unique_ptr<Optimizer> build(const Registry& registry) const;
};

class GitsOptimizer final : public Optimizer {
 public:
  GitsOptimizer(Gits options, std::unique_ptr<Integrator> teacher)
      : options_(std::move(options)), teacher_(std::move(teacher)) {}

  Artefact optimize(const OptimizerTask& task) const override {
    const Process& process = task.field.process();
    const NoisyPart part = noisy_part(task.grid);
    const int steps = static_cast<int>(part.times.size()) - 1;
    const std::vector<double> fine = teacher_times(task, options_.teacher_steps, "gits");
    Evaluations run(task, options_.initial, options_.samples);
    const std::vector<int> chosen = shortest(costs(process, run, fine), steps);
    std::vector<double> times;
    for (const int i : chosen) times.push_back(fine[i]);
    return run.finish(part.with_end(std::move(times), task.grid.times().back()));
  }

 private:
  // [j, k], j < k: of one Euler step from teacher point j to k.
  std::vector<std::vector<double>> costs(const Process& process, Evaluations& run,
                                         const std::vector<double>& times) const {
    const Teacher teacher = run.solve(*teacher_, times);
    const auto n = times.size();
    const at::Tensor chord = (teacher.states.back() - teacher.states.front()).flatten(1);
    const auto deviation = [&](const at::Tensor& state) {  // distance of each sample from the chord
      const at::Tensor way = (state - teacher.states.front()).flatten(1);
      const at::Tensor along = (way * chord).sum(1, true) / chord.square().sum(1, true);
      return (way - along * chord).norm(2, {1});
    };
    std::vector<std::vector<double>> cost(n, std::vector<double>(n, 0));
    for (std::size_t j = 0; j + 1 < n; ++j) {
      const at::Tensor data = run.data(teacher.states[j], times[j]);
      for (std::size_t k = j + 1; k < n; ++k) {
        const at::Tensor reached = jump(process, teacher.states[j], data, times[j], times[k]);
        const at::Tensor error = (reached - teacher.states[k]).flatten(1);
        const at::Tensor each = options_.metric == "l1" ? error.abs().sum(1)
                                : options_.metric == "l2"
                                    ? error.norm(2, {1})
                                    : (deviation(reached) - deviation(teacher.states[k])).abs();
        cost[j][k] = each.mean().item<double>();
      }
    }
    return cost;
  }

  // The nodes of the cheapest way from the first to the last in so many jumps.
  std::vector<int> shortest(const std::vector<std::vector<double>>& cost, int jumps) const {
    const int n = static_cast<int>(cost.size());
    const double infinite = std::numeric_limits<double>::infinity();
    std::vector<std::vector<double>> value(jumps + 1, std::vector<double>(n, infinite));
    std::vector<std::vector<int>> next(jumps + 1, std::vector<int>(n, n - 1));
    for (int j = 0; j + 1 < n; ++j) value[1][j] = cost[j][n - 1];
    for (int left = 2; left <= jumps; ++left)
      for (int j = 0; j + 1 < n; ++j)
        for (int i = j + 1; i + 1 < n; ++i) {
          const double total = cost[j][i] + options_.gamma * value[left - 1][i];
          if (total < value[left][j]) value[left][j] = total, next[left][j] = i;
        }
    std::vector<int> nodes = {0};
    for (int left = jumps; left > 0; --left) nodes.push_back(next[left][nodes.back()]);
    return nodes;
  }

  Gits options_;
  std::unique_ptr<Integrator> teacher_;
};

std::unique_ptr<Optimizer> Gits::build(const Registry& registry) const {
  const config::Node node = teacher.is_null() ? config::Node("ipndm") : teacher;
  return std::make_unique<GitsOptimizer>(
      *this, registry.integrators.build(node, "optimizer.teacher", registry).object);
}

}  // namespace
}  // namespace strang

STRANG_OPTIMIZER(gits, Gits, "times from a teacher grid by dynamic programming (Chen et al. 2024)");
