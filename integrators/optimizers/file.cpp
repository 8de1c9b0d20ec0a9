// Coefficients or times from a file that `strang fit` wrote, on the base integrator that they were
// fitted for. The grid must be the one of the file.

#include "core/store/file.h"

#include <cmath>

#include "core/error.h"
#include "core/plugin.h"
#include "core/program/program_file.h"
#include "core/sampling/optimizer_task.h"

namespace strang {
namespace {

class Stored final : public Optimizer {
 public:
  Stored(Artefact artefact, std::string file)
      : artefact_(std::move(artefact)), file_(std::move(file)) {}

  Artefact optimize(const OptimizerTask& task) const override {
    const std::vector<double>&here = task.grid.times(), &there = artefact_.times;
    require(here.size() == there.size(), "{}: its grid has {} steps, the grid of this run has {}",
            file_, there.size() - 1, here.size() - 1);
    for (std::size_t i = 0; i < here.size(); ++i)
      require(std::abs(here[i] - there[i]) <= 1e-12 * std::max(1.0, here[0]),
              "{}: node {} of its grid is at t = {}, the grid of this run has t = {}", file_, i,
              there[i], here[i]);
    return artefact_;
  }

 private:
  Artefact artefact_;
  std::string file_;
};

struct FileOptions {
  std::string file;

  void fields(OptionVisitor& v) { v.path("file", file, "coefficient file of `strang fit`"); }

  std::unique_ptr<Optimizer> build(const Registry&) const {
    require(!file.empty(), "optimizer 'file' needs a file: set optimizer.file");
    const store::File source = store::File::open(file);
    Artefact artefact{.times = source.root().dataset("grid/t").read<double>(),
                      .program = load_program(source.root().group("program"))};
    return std::make_unique<Stored>(std::move(artefact), file);
  }
};

}  // namespace

}  // namespace strang

STRANG_OPTIMIZER(file, FileOptions, "what `strang fit` stored, on its own base");
