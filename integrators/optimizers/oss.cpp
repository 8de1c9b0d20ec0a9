// Optimal stepsizes (Pei et al. 2025, algorithm 1): the times of a run are chosen among those of a
// teacher grid by dynamic programming over the states that Euler steps (of DDIM) really reach.
// V[n][k] = min over j of |step from the best state of n - 1 steps at j to k, minus teacher at
// k|^2, whose state is kept. For the whole batch (`batch`), or for each sample with the median of
// the indices (`median`). steps times teacher_steps evaluations a sample. One-slot processes. A
// step to zero noise is kept.

#include "core/plugin.h"
#include "integrators/common/teacher.h"

namespace strang {
namespace {

struct Oss {
  std::int64_t samples = 64;
  int teacher_steps = 100;
  std::string choice = "batch";
  config::Node initial;

  void fields(OptionVisitor& v) {
    v.field("samples", samples, "initial states").at_least(1);
    v.field("teacher_steps", teacher_steps,
            "steps of the teacher grid, a step to zero noise not counted")
        .at_least(2);
    v.field("choice", choice, "one schedule for the batch, or the median of those of all samples")
        .one_of({"batch", "median"});
    v.field("initial", initial, "null: draws of the prior of their own, or {file, dataset, scale}");
  }

  std::unique_ptr<Optimizer> build(const Registry& registry) const;
};

class OssOptimizer final : public Optimizer {
 public:
  OssOptimizer(Oss options, std::unique_ptr<Integrator> teacher)
      : options_(std::move(options)), teacher_(std::move(teacher)) {}

  Artefact optimize(const OptimizerTask& task) const override {
    const Process& process = task.field.process();
    const NoisyPart part = noisy_part(task.grid);
    const int steps = static_cast<int>(part.times.size()) - 1;
    const std::vector<double> fine = teacher_times(task, options_.teacher_steps, "oss");
    Evaluations run(task, options_.initial, options_.samples);
    const Teacher teacher = run.solve(*teacher_, fine);
    std::vector<double> times;
    for (const int i : choose(process, run, teacher, steps)) times.push_back(fine[i]);
    return run.finish(part.with_end(std::move(times), task.grid.times().back()));
  }

 private:
  // Indices of the chosen teacher times, the ends included.
  std::vector<int> choose(const Process& process, Evaluations& run, const Teacher& teacher,
                          int steps) const {
    const int n = static_cast<int>(teacher.times.size());
    const std::int64_t samples = options_.samples;
    std::vector<at::Tensor> best(n);  // states after so many steps
    best[0] = teacher.states[0];
    std::vector<at::Tensor> from;  // [step]: [node, sample], where the best state came from
    for (int step = 1; step <= steps; ++step) {
      std::vector<at::Tensor> reached(n);
      at::Tensor error = at::full({n, samples}, 1e300, at::kDouble);
      at::Tensor origin = at::zeros({n, samples}, at::kLong);
      for (int j = step - 1; j < n - 1 && (step > 1 || j == 0); ++j) {
        if (!best[j].defined()) continue;
        const at::Tensor data = run.data(best[j], teacher.times[j]);
        for (int k = j + 1; k < n; ++k) {
          const at::Tensor state = jump(process, best[j], data, teacher.times[j], teacher.times[k]);
          at::Tensor distance = (state - teacher.states[k]).flatten(1).square().mean(1);
          if (options_.choice == "batch") distance = distance.mean().expand({samples});
          const at::Tensor better = distance < error[k];
          error[k].copy_(at::where(better, distance, error[k]));
          origin[k].copy_(at::where(better, at::full_like(origin[k], j), origin[k]));
          std::vector<std::int64_t> shape(state.dim(), 1);
          shape[0] = samples;
          reached[k] =
              reached[k].defined() ? at::where(better.view(shape), state, reached[k]) : state;
        }
      }
      best = std::move(reached);
      from.push_back(origin);
    }
    return backwards(from, n);
  }

  static std::vector<int> backwards(const std::vector<at::Tensor>& from, int n) {
    std::vector<int> nodes = {n - 1};
    at::Tensor at_node = at::full({from[0].size(1)}, n - 1, at::kLong);
    for (std::size_t step = from.size(); step-- > 0;) {
      at_node = from[step].gather(0, at_node.unsqueeze(0))[0];
      const auto middle = static_cast<int>(at_node.median().item<std::int64_t>());
      nodes.insert(nodes.begin(), std::min(middle, nodes.front() - 1));
    }
    return nodes;
  }

  Oss options_;
  std::unique_ptr<Integrator> teacher_;
};

std::unique_ptr<Optimizer> Oss::build(const Registry& registry) const {
  return std::make_unique<OssOptimizer>(
      *this, registry.integrators.build(config::Node("ddim"), "optimizer", registry).object);
}

}  // namespace
}  // namespace strang

STRANG_OPTIMIZER(oss, Oss, "optimal stepsizes by dynamic programming (Pei et al. 2025)");
