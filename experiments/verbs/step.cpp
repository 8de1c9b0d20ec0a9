#include <cstdio>
#include <filesystem>

#include "analysis/text_table.h"
#include "core/config/dump.h"
#include "core/error.h"
#include "core/store/part_file.h"
#include "experiments/command_line.h"
#include "experiments/config_report.h"
#include "experiments/step_study.h"
#include "experiments/verbs/verbs.h"

namespace strang {
namespace {

using analysis::Cell;

double rms(const at::Tensor& values) { return values.square().mean().sqrt().item<double>(); }

std::vector<store::Axis> axes_of(const at::Tensor& tensor, std::vector<store::Axis> lead) {
  for (auto axis = static_cast<std::int64_t>(lead.size()); axis < tensor.dim(); ++axis)
    lead.push_back({fmt::format("component{}", tensor.dim() - axis - 1), tensor.size(axis)});
  return lead;
}

store::ConstView view_of(const at::Tensor& tensor) {
  return {store::ElementType::float64, tensor.const_data_ptr(), tensor.numel()};
}

// Errors with their signs, the leading coefficient, and the eigenvalues as [h, eigenvalue].
void write_study(const std::filesystem::path& path, const Experiment& e, const StepStudy& study) {
  std::filesystem::create_directories(path.parent_path());
  store::PartFile file(path, {.overwrite = true});
  store::Group root = file.file().root();
  root.set_attribute("spec", config::dump(e.resolved));
  root.set_attribute("t", study.t);
  root.set_attribute("order", std::int64_t{study.order});
  const auto steps = static_cast<std::int64_t>(study.h.size());
  const std::int64_t samples = study.error.size(1), slots = study.error.size(2);
  root.add_axis("h", study.h);
  root.write("error", axes_of(study.error, {{"h", steps}, {"sample", samples}, {"slot", slots}}),
             view_of(study.error.contiguous()));
  root.write("coefficient", axes_of(study.coefficient, {{"sample", samples}, {"slot", slots}}),
             view_of(study.coefficient.contiguous()));
  if (!study.eigenvalues.empty()) {
    const auto count = static_cast<std::int64_t>(study.eigenvalues[0].size());
    std::vector<double> real, imaginary;
    for (const auto& values : study.eigenvalues)
      for (const std::complex<double>& value : values) {
        real.push_back(value.real());
        imaginary.push_back(value.imag());
      }
    const std::vector<store::Axis> axes = {{"h", steps}, {"eigenvalue", count}};
    root.write("eigenvalue_real", axes, real);
    root.write("eigenvalue_imaginary", axes, imaginary);
  }
  file.commit();
}

analysis::TextTable table_of(const StepStudy& study) {
  const std::int64_t slots = study.error.size(2);
  std::vector<analysis::Column> columns = {{"h"}};
  const std::string power = fmt::format("h^{}", study.order + 1);
  for (std::int64_t slot = 0; slot < slots; ++slot)
    columns.push_back(
        {slots == 1 ? "error / " + power
                    : fmt::format("{} error / {}", slot == 0 ? "position" : "momentum", power),
         analysis::Align::right, 6});
  if (!study.eigenvalues.empty()) columns.push_back({"spectral radius", analysis::Align::right, 6});
  analysis::TextTable table(columns);
  for (std::size_t i = 0; i < study.h.size(); ++i) {
    std::vector<Cell> row = {study.h[i]};
    for (std::int64_t slot = 0; slot < slots; ++slot)
      row.emplace_back(rms(study.error[static_cast<std::int64_t>(i)].select(1, slot)) /
                       std::pow(study.h[i], study.order + 1));
    if (!study.eigenvalues.empty()) row.emplace_back(std::abs(study.eigenvalues[i][0]));
    table.add_row(std::move(row));
  }
  std::vector<Cell> last = {std::string("0")};
  for (std::int64_t slot = 0; slot < slots; ++slot)
    last.emplace_back(rms(study.coefficient.select(1, slot)));
  if (!study.eigenvalues.empty()) last.emplace_back();
  table.add_row(std::move(last));
  return table;
}

}  // namespace

// `strang step [overrides]`: single steps of the integrator, their local errors and, for Gaussian
// data, their eigenvalues.
int verb_step(const std::vector<std::string>& arguments, Registry& registry) {
  const CommandLine line = CommandLine::parse("step", arguments);
  if (line.help) {
    std::printf(
        "strang step [flags] [key=value ...]: single steps from step.t down to step.t - h, h in "
        "step.h: local errors\nagainst the reference and their leading coefficient (root mean "
        "square over samples); the eigenvalues of the\nstep where it is linear. Everything goes "
        "to <output>/step.h5.\n\n%s",
        CommandLine::help_text().c_str());
    return 0;
  }
  const Composer composer(line, registry);
  if (print_view(composer, line)) return 0;
  const Experiment e = build_experiment(composer.resolved(line.overrides), registry);
  const StepStudy study = study_step(e, registry);
  const std::filesystem::path path = std::filesystem::path(e.spec.output) / "step.h5";
  write_study(path, e, study);
  std::printf("one step from t = %g\n%s\nresults: %s\n", study.t, table_of(study).text().c_str(),
              path.c_str());
  return 0;
}

}  // namespace strang
