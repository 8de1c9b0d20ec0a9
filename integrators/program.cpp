// A sampler as data: runs the program of a run file or of a coefficient file. The grid must be the
// one that it was traced on.

#include <cmath>

#include "core/error.h"
#include "core/plugin.h"
#include "core/program/cost.h"
#include "core/program/program_file.h"
#include "core/store/file.h"

namespace strang {
namespace {

class StoredProgram final : public Integrator {
 public:
  StoredProgram(Program program, std::string file)
      : program_(std::move(program)), file_(std::move(file)) {
    // The start and the log are the business of the run that traces this.
    std::erase_if(program_.operations, [](const Operation& operation) {
      const Node* node = std::get_if<Node>(&operation);
      return std::holds_alternative<Record>(operation) || (node != nullptr && node->index == 0);
    });
  }

  IntegratorTraits traits() const override {
    const std::vector<Cost> steps = count_steps(program_);
    IntegratorTraits traits{.stochastic = is_stochastic(program_),
                            .adaptive = count_cost(program_).adaptive,
                            .couples_samples = is_coupled(program_)};
    if (!steps.empty()) {
      traits.evaluations = steps.front().evaluations;
      traits.last_evaluations = steps.back().evaluations;
    }
    return traits;
  }

  Value trace(Tracer& trace, Value u, const Grid& t) const override {
    require_same_grid(t);
    return trace.builder().splice(program_, u);
  }

 private:
  // The nodes of the program within 1e-12 of those of the grid.
  void require_same_grid(const Grid& t) const {
    int nodes = 0;
    for_each_operation(program_.operations, [&](const Operation& operation) {
      const Node* node = std::get_if<Node>(&operation);
      if (node == nullptr || node->index == 0) return;
      ++nodes;
      const bool same = node->index <= t.steps() &&
                        std::abs(node->time - t[node->index]) <= 1e-12 * std::max(1.0, t[0]);
      require(same, "{}: node {} of the program is at t = {}, the grid of this run has {}", file_,
              node->index, node->time,
              node->index <= t.steps() ? fmt::format("t = {}", t[node->index]) : "no such node");
    });
    require(nodes == t.steps(), "{}: the program has {} steps, the grid of this run has {}", file_,
            nodes, t.steps());
  }

  Program program_;
  std::string file_;
};

struct ProgramOptions {
  std::string file;
  std::string group = "/program";

  void fields(OptionVisitor& v) {
    v.path("file", file, "HDF5 file that holds the program: a run file or a coefficient file");
    v.field("group", group, "its group in the file");
  }

  std::unique_ptr<Integrator> build(const Registry&) const {
    require(!file.empty(), "integrator 'program' needs a file: set integrator.file");
    const store::File source = store::File::open(file);
    return std::make_unique<StoredProgram>(load_program(source.root().group(group)), file);
  }
};

}  // namespace

void plugin_program(Registry& registry);
void plugin_program(Registry& registry) {
  registry.integrators.add(make_entry<Integrator, ProgramOptions>(
      "program", "a traced program from a file, bit for bit"));
}

}  // namespace strang
