#include <cstdio>
#include <filesystem>

#include "analysis/text_table.h"
#include "core/config/dump.h"
#include "core/error.h"
#include "core/store/part_file.h"
#include "core/store/tensors.h"
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

// Real and imaginary parts of eigenvalues over the axes, whose last one is theirs.
void write_complex(store::Group& root, const std::string& name, std::vector<store::Axis> axes,
                   const std::vector<std::complex<double>>& values) {
  std::vector<double> real, imaginary;
  for (const std::complex<double>& value : values) {
    real.push_back(value.real());
    imaginary.push_back(value.imag());
  }
  root.write(name + "_real", axes, real);
  root.write(name + "_imaginary", axes, imaginary);
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
             store::view_of(study.error.contiguous()));
  root.write("coefficient", axes_of(study.coefficient, {{"sample", samples}, {"slot", slots}}),
             store::view_of(study.coefficient.contiguous()));
  if (!study.eigenvalues.empty()) {
    const auto count = static_cast<std::int64_t>(study.eigenvalues[0].size());
    std::vector<std::complex<double>> all;
    for (const auto& values : study.eigenvalues)
      all.insert(all.end(), values.begin(), values.end());
    write_complex(root, "eigenvalue", {{"h", steps}, {"eigenvalue", count}}, all);
  }
  if (!study.frozen.empty()) {
    write_complex(root, "frozen", {{"frozen_eigenvalue", std::ssize(study.frozen)}}, study.frozen);
    root.set_attribute("stable_step", study.stable_step());
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

// "-3 (2 times), -1+2i, -1-2i"
std::string text_of(const std::vector<std::complex<double>>& values) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < values.size();) {
    std::size_t end = i + 1;
    while (end < values.size() && std::abs(values[end] - values[i]) <= 1e-9 * std::abs(values[i]))
      ++end;
    std::string word = fmt::format("{:.6g}", values[i].real());
    if (values[i].imag() != 0) word += fmt::format("{:+.6g}i", values[i].imag());
    if (end > i + 1) word += fmt::format(" ({} times)", end - i);
    words.push_back(std::move(word));
    i = end;
  }
  return fmt::format("{}", fmt::join(words, ", "));
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
  std::printf("one step from t = %g\n%s", study.t, table_of(study).text().c_str());
  if (!study.frozen.empty())
    std::printf("\nfrozen spectrum of K - B: %s\nstable up to h = %.4g\n",
                text_of(study.frozen).c_str(), study.stable_step());
  std::printf("\nresults: %s\n", path.c_str());
  return 0;
}

}  // namespace strang
